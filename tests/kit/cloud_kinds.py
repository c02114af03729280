"""The kinds of three clouds, as CRDs: `cloud_kinds.yaml` says what of them projects use."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

Schema = dict[str, Any]

FACTS = Path(__file__).with_suffix(".yaml")
DURATION = r"^(Never|([0-9]+(s|m|h))+)$"


def crds() -> list[Schema]:
    """Return a CustomResourceDefinition for each kind."""
    facts = yaml.safe_load(FACTS.read_text("utf-8"))
    return [_crd(title, fields) for title, fields in facts.items()]


def _crd(title: str, fields: Any) -> Schema:
    api_version, kind = title.split()
    group, _, version = api_version.partition("/")
    names = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}}
    whole = {
        "type": "object",
        "properties": names | {"metadata": {"type": "object"}, "spec": schema(fields)},
        "required": ["spec"],
    }
    versions = [{"name": version, "schema": {"openAPIV3Schema": whole}}]
    return {"spec": {"group": group, "names": {"kind": kind}, "versions": versions}}


def schema(fact: Any) -> Schema:
    """Return the JSON schema of one fact."""
    if isinstance(fact, list):
        return {"type": "array", "items": schema(fact[0]), "minItems": 1}
    if isinstance(fact, dict) and "*" in fact:
        return {"type": "object", "additionalProperties": schema(fact["*"])}
    if isinstance(fact, dict):
        properties = {name.removesuffix("!"): schema(part) for name, part in fact.items()}
        required = [name.removesuffix("!") for name in fact if name.endswith("!")]
        return {"type": "object", "properties": properties, "required": required}
    if "|" in fact:
        return {"type": "string", "enum": fact.split("|")}
    return {"type": "string", "pattern": DURATION} if fact == "duration" else {"type": fact}


def disagreements(crd: Schema, upstream: Schema) -> Iterator[str]:
    """Yield where fields, types, values and what must be are not as in upstream's CRD."""
    versions = {version["name"]: version for version in upstream["spec"]["versions"]}
    (own,) = crd["spec"]["versions"]
    theirs = versions[own["name"]]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    yield from _compared(own["schema"]["openAPIV3Schema"]["properties"]["spec"], theirs, "spec")


def _compared(own: Schema, theirs: Schema, path: str) -> Iterator[str]:
    either = theirs.get("x-kubernetes-int-or-string")
    if not either and own["type"] != theirs.get("type"):
        yield f"{path} is a {theirs.get('type')}"
    allowed = theirs.get("enum")
    if allowed is not None and not set(own.get("enum", [])) <= set(allowed):
        yield f"{path} takes {allowed}"
    needed = {n for n in theirs.get("required", []) if "default" not in theirs["properties"][n]}
    for name in sorted(needed - set(own.get("required", []))) if "properties" in own else ():
        yield f"{path}.{name} must be there"
    for name, part in own.get("properties", {}).items():
        if name in theirs.get("properties", {}):
            yield from _compared(part, theirs["properties"][name], f"{path}.{name}")
        else:
            yield f"{path}.{name} is not there"
    for key in ("items", "additionalProperties"):
        if key in own:
            yield from _compared(own[key], theirs[key], f"{path}[]")
