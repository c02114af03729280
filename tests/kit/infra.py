"""Hold OpenTofu modules against the schemas of their providers, and against themselves."""

import difflib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hcl2.api import loads

from .gates import Findings
from .provider_schemas import Schema

Body = dict[str, Any]
META = {"count", "depends_on", "for_each", "lifecycle", "provider"}  # OpenTofu's own arguments
LINES = {"__start_line__", "__end_line__"}
KIND = r"(?:aws|azurerm|google)_\w+"
REFERENCE = re.compile(rf"(?<![\w.\"/])(data\.)?({KIND})\.(\w+)(?:\[[^]]*\])?\.(\w+)")
VARIABLE = re.compile(r"\bvar\.(\w+)")
ENUMS = {  # what a provider checks in its own code; the values, as its documentation lists them
    "aws_eks_cluster.access_config.authentication_mode": {"API", "CONFIG_MAP"},
    "aws_eks_node_group.ami_type": {"AL2023_x86_64_STANDARD", "BOTTLEROCKET_x86_64"},
    "aws_eks_node_group.capacity_type": {"CAPACITY_BLOCK", "ON_DEMAND", "SPOT"},
    "azurerm_kubernetes_cluster.identity.type": {"SystemAssigned", "UserAssigned"},
    "azurerm_kubernetes_cluster.network_profile.network_data_plane": {"azure", "cilium"},
    "azurerm_kubernetes_cluster.node_provisioning_profile.default_node_pools": {"Auto", "None"},
    "azurerm_kubernetes_cluster.node_provisioning_profile.mode": {"Auto", "Manual"},
    "azurerm_kubernetes_cluster.sku_tier": {"Free", "Premium", "Standard"},
    "google_container_cluster.datapath_provider": {"ADVANCED_DATAPATH", "LEGACY_DATAPATH"},
    "google_container_cluster.release_channel.channel": {"EXTENDED", "RAPID", "REGULAR", "STABLE"},
    "google_container_node_pool.node_config.workload_metadata_config.mode": {
        "GCE_METADATA",
        "GKE_METADATA",
    },
}


def resources(directory: Path) -> Iterator[tuple[str, str, str, Body]]:
    """Yield file, type, name and content of each resource; a data source's type has `data.`."""
    for path in sorted(directory.glob("*.tf")):
        parsed = loads(path.read_text("utf-8"))
        for section, prefix in (("resource", ""), ("data", "data.")):
            for entry in parsed.get(section, []):
                for kind, named in entry.items():
                    for name, body in named.items():
                        yield path.name, f"{prefix}{kind}", name, body


def kinds(directory: Path) -> set[str]:
    """Return the types of resources that a module uses."""
    return {kind for _, kind, _, _ in resources(directory)}


def judge(directory: Path, known: dict[str, Schema]) -> Findings:
    """Count arguments, blocks and references, and name what a provider or OpenTofu would refuse."""
    findings = Findings()
    for file, kind, name, body in resources(directory):
        for problems in _body(body, known[kind], kind):
            findings.add(f"{file}: {kind}.{name}: {problem}" for problem in problems)
    _references(directory, known, findings)
    _variables(directory, findings)
    return findings


def _body(body: Body, schema: Schema, path: str) -> Iterator[list[str]]:
    """Yield what is wrong with each argument of a block, and with what it lacks."""
    present = set(body) | {name for entry in body.get("dynamic", []) for name in entry}
    for part in ("attributes", "blocks"):
        for name, told in schema[part].items():
            yield [f"{path} lacks {name}"] * (told["required"] and name not in present)
    for name, values in body.items():
        if name == "dynamic":
            for entry in values:
                for block, inner in entry.items():
                    yield from _argument(block, inner["content"], schema, path)
        elif name not in META | LINES:
            yield from _argument(name, values, schema, path)


def _argument(name: str, values: list[Any], schema: Schema, path: str) -> Iterator[list[str]]:
    place = f"{path}.{name}"
    if name in schema["blocks"]:
        nested = schema["blocks"][name]
        yield [f"{place} is there {len(values)} times"] * (len(values) > 1 and not nested["many"])
        for inner in values:
            yield from _body(inner, nested, place)
    elif name in schema["attributes"]:
        told, value = schema["attributes"][name], values[0]
        problems = [f"{place} is for the provider to say"] * told["computed"]
        problems += [f"{place}: {value!r} is no {told['type']}"] * (not _fits(value, told["type"]))
        allowed = ENUMS.get(place, set())
        unknown = bool(allowed) and "${" not in value and value not in allowed
        yield problems + [f"{place}: {value} is none of {sorted(allowed)}"] * unknown
    else:
        near = difflib.get_close_matches(name, [*schema["attributes"], *schema["blocks"]], 1)
        yield [f"{place} is not known" + (f", {near[0]} is" if near else "")]


def _fits(value: Any, kind: str) -> bool:
    """Tell whether a literal is of a type, or becomes it; what is computed may be anything."""
    if kind == "any" or (isinstance(value, str) and "${" in value):
        return True
    match kind:
        case "bool":
            return isinstance(value, bool) or value in {"true", "false"}
        case "number":
            return not isinstance(value, bool) and bool(re.fullmatch(r"-?\d+(\.\d+)?", str(value)))
        case "string":
            return not isinstance(value, dict | list)
        case "map":
            return isinstance(value, dict)
        case _:
            return isinstance(value, list)


def _references(directory: Path, known: dict[str, Schema], findings: Findings) -> None:
    """Each resource that is referred to is declared, and has what is asked of it."""
    declared = {f"{kind}.{name}" for _, kind, name, _ in resources(directory)}
    for path in sorted(directory.glob("*.tf")):
        for data, kind, name, attribute in REFERENCE.findall(path.read_text("utf-8")):
            schema, place = known.get(data + kind), f"{data}{kind}.{name}"
            has = schema and attribute in schema["attributes"] | schema["blocks"]
            findings.add(
                [f"{path.name}: nothing declares {place}"] * (place not in declared)
                + [f"{path.name}: {place} has no {attribute}"] * (place in declared and not has)
            )


def _variables(directory: Path, findings: Findings) -> None:
    """Each variable is declared, and used."""
    texts = {path.name: path.read_text("utf-8") for path in sorted(directory.glob("*.tf"))}
    parsed = loads(texts["variables.tf"])["variable"]
    declared = {name for entry in parsed for name in entry}
    outside = "\n".join(text for file, text in texts.items() if file != "variables.tf")
    used = set(VARIABLE.findall(outside))
    for name in declared | used:
        findings.add(
            [f"variables.tf: nothing uses {name}"] * (name not in used)
            + [f"nothing declares var.{name}"] * (name not in declared)
        )
