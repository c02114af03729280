"""What the cluster has: Secrets by the names of their keys, answers of kubectl, admission."""

import json
import re
import shlex
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from ...errors import ProjectError
from .. import commands
from ..commands import root
from .row import LOOK, OPEN, READY, STAYS, Row

KEYS = "--output=go-template={{range $key, $_ := .data}}{{$key}} {{end}}"  # never a value
LEVEL = "pod-security.kubernetes.io/enforce"
DRY = ("--dry-run=server", "--filename=-")
Object = dict[str, Any]


def rows(differences: Mapping[str, Any]) -> Iterator[Row]:
    """Ask the cluster for everything in the list, then let it judge the manifests."""
    for entry in differences["cluster"]:
        yield _asked(entry)
    for entry in differences["secrets"]:
        for suffix in entry["in"]:
            yield _secret(entry, f"{commands.name()}-{suffix}")
    for namespace, objects in sorted(_manifests().items()):
        yield _admitted(namespace, objects)


def _asked(entry: Mapping[str, Any]) -> Row:
    if "ask" not in entry:
        return Row(LOOK, entry["what"], "", entry["do"])
    try:
        answer = commands.kubectl(*shlex.split(entry["ask"]))
    except ProjectError as error:
        answer, said = "", str(error)
    else:
        said = ""
    if answer and re.search(entry.get("answer", ""), answer):
        return Row(READY, entry["what"], "", "")
    if "stays" in entry:
        return Row(STAYS, entry["what"], "", f"stays {entry['stays']}; else: {entry['do']}")
    return Row(OPEN, entry["what"], _reason(said) or answer.strip()[:80], entry["do"])


def _secret(entry: Mapping[str, Any], namespace: str) -> Row:
    name, where = f"Secret {entry['name']}", f"namespace {namespace}"
    try:
        found = commands.kubectl(f"--namespace={namespace}", "get", "secret", entry["name"], KEYS)
    except ProjectError as error:
        if "NotFound" not in str(error):
            raise
        found = ""
    lacks = [key for key in entry["keys"] if key not in found.split()]
    if not lacks:
        return Row(READY, name, where, "")
    if not found and "optional" in entry:
        return Row(STAYS, name, where, f"may be missing {entry['optional']}")
    return Row(OPEN, name, where, f"make it with the keys {', '.join(lacks)}")


def _manifests() -> dict[str, list[Object]]:
    """Build what Argo CD would apply, by namespace; an environment without a release as well."""
    found: dict[str, list[Object]] = defaultdict(list)
    rooms = [*root().glob("components/*/"), *root().glob("environments/*/")]
    for room in rooms:
        if (room / "kustomization.yaml").exists():
            for item in yaml.safe_load_all(commands.build(str(room.relative_to(root())))):
                if item and item["metadata"].get("namespace"):
                    found[item["metadata"]["namespace"]].append(item)
    return found


def _admitted(namespace: str, objects: list[Object]) -> Row:
    """Let the API server judge objects and their pods without keeping them."""
    what, where = "admission", f"namespace {namespace}"
    there = commands.get("namespaces", f"--field-selector=metadata.name={namespace}")
    if not there:
        return Row(OPEN, what, where, f"{_kubectl()} create namespace {namespace}")
    if there[0]["metadata"]["labels"].get(LEVEL) != "restricted":
        return Row(
            OPEN, what, where, f"{_kubectl()} label namespace {namespace} {LEVEL}=restricted"
        )
    pods = [pod(spec, number) for number, spec in enumerate(pod_specs(objects))]
    flags = ("--server-side", "--force-conflicts", "--field-manager=readiness")
    place = f"--namespace={namespace}"
    try:
        commands.kubectl("apply", place, *flags, *DRY, stdin=_list(objects))
        if pods:
            commands.kubectl("create", place, *DRY, stdin=_list(pods))
    except ProjectError as error:
        return Row(OPEN, what, where, _reason(str(error)))
    return Row(READY, f"{what}: {len(objects)} objects, {len(pods)} pods", where, "")


def _kubectl() -> str:
    """Return how a command begins that is asked of the user."""
    return shlex.join(commands.target().kubectl)


def pod_specs(value: Any) -> Iterator[Object]:
    """Yield every pod specification inside, whatever kind of object holds it."""
    if isinstance(value, list):
        for item in value:
            yield from pod_specs(item)
    elif isinstance(value, dict):
        if isinstance(value.get("containers"), list):
            yield value
        else:
            yield from pod_specs(list(value.values()))


def pod(spec: Object, number: int) -> Object:
    """Return a pod of a specification; its account may not exist yet."""
    own = {key: value for key, value in spec.items() if key != "serviceAccountName"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"readiness-{number}"},
        "spec": own,
    }


def _list(items: list[Object]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


def _reason(error: str) -> str:
    """Return the first line in which the API server says no."""
    lines = [line for line in error.splitlines() if "rror" in line] or [error]
    return lines[0].partition("failed: ")[2] or lines[0]
