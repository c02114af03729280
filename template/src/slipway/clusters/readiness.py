"""`slipway readiness`: what is missing for a cluster, in the order to do it.

Nothing is changed there: of a Secret only the names of its keys are read, and what is applied is a
dry run.
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ProjectError
from . import admission, commands, quotas, stale, values
from .build import Object
from .commands import kubectl, name
from .needs import Need, Secret, fill, needed
from .target import named

OPEN, READY, STAYS, LOOK = "open", "ready", "may stay", "look"
KEYS = "--output=go-template={{range $key, $_ := .data}}{{$key}} {{end}}"  # never a value
SERVERS = "--output=go-template={{range .items}}{{.data.server | base64decode}} {{end}}"
LEVEL = "pod-security.kubernetes.io/enforce"
NODE_READERS = {"log-agent": "privileged"}  # the level of what reads files of its node
CLUSTERS = "--selector=argocd.argoproj.io/secret-type=cluster"


@dataclass(frozen=True)
class Row:
    """How something stands, what it is, and what to do about it."""

    state: str
    what: str
    do: str = ""


def main(where: str) -> None:
    """Print what a cluster lacks; without a name, what the files of all clusters lack.

    Raises:
        ProjectError: Something is open, values are wrong, or the cluster cannot be asked.
    """
    found: list[Row] = []
    for row in rows(where):
        found.append(row)
        if row.state != READY:
            print(f"{row.state:<9} {row.what}: {row.do}", flush=True)
    still = sum(row.state == OPEN for row in found)
    if still:
        raise ProjectError(f"{still} of {len(found)} are open: begin with the first.")
    ready = f"{sum(row.state == READY for row in found)} are ready"
    print(f"Nothing is open, {ready if where else 'but WHERE=... asks that cluster, too'}.")


def rows(where: str) -> Iterator[Row]:
    """Yield the rows of a cluster; without a name those of the files of all."""
    for directory in values.meant(where):
        yield from files(directory)
    if where:
        commands.choose(named(where))
        yield from cluster(where)


def files(where: str) -> Iterator[Row]:
    """Check the values of a cluster, and what other files say beside them."""
    values.load(where)
    yield from (Row(OPEN, place, do) for place, do in stale.places(where))
    yield from (Row(OPEN, place, do) for place, do in quotas.places(where))


def cluster(where: str) -> Iterator[Row]:
    """Ask the cluster, if it answers at all, for what is needed; then let it judge manifests."""
    needs, content, filled = needed(where), values.load(where), filling(where)
    known = kubectl("--namespace=argocd", "get", "secrets", CLUSTERS, SERVERS).split()
    yield from (_asked(need, filled) for need in needs.cluster)
    foreign = {e.namespace: e.server for e in content.environments if e.server != values.HERE}
    yield from (_foreign(namespace, server, known) for namespace, server in foreign.items())
    found = admission.objects(where)
    wide = found.pop("", [])
    here = {namespace: _namespace(namespace) for namespace in sorted(found.keys() - foreign.keys())}
    yield from here.values()
    spaces = {"environments": [e.namespace for e in content.environments]}
    for secret in needs.secrets:
        for part in secret.namespaces:
            for namespace in spaces.get(part, [f"{name()}-{part}"]):
                if namespace not in foreign:
                    yield _secret(secret, namespace)
    if wide:
        yield _admitted("the whole cluster", "", wide)
    for namespace in [namespace for namespace, row in here.items() if row.state == READY]:
        yield _admitted(namespace, namespace, found[namespace])


def _admitted(place: str, namespace: str, items: list[Object]) -> Row:
    refused = admission.refusal(namespace, items)
    return Row(OPEN if refused else READY, f"admission in {place}", refused)


def _asked(need: Need, filled: Mapping[str, Any]) -> Row:
    do, answer, said = fill(need.do, filled), "", ""
    if not need.ask:
        return Row(LOOK, need.what, do)
    try:
        answer = kubectl(*shlex.split(fill(need.ask, filled)))
    except ProjectError as error:
        said = admission.reason(error)
    if answer and re.search(need.answer, answer):
        return Row(READY, need.what)
    if need.stays:
        return Row(STAYS, need.what, f"stays {fill(need.stays, filled)}; else: {do}")
    return Row(OPEN, need.what, f"{do} ({said or answer.strip()[:80] or 'no answer'})")


def filling(where: str) -> dict[str, Any]:
    """Return what may stand in braces: the values of a cluster, and the project's name."""
    return values.load(where).model_dump(by_alias=True) | {"project": name()}


def _foreign(namespace: str, server: str, known: list[str]) -> Row:
    if server not in known:
        do = f"tell Argo CD of {server}, or correct its server in values.yaml"
        return Row(OPEN, f"cluster of {namespace}", do)
    return Row(LOOK, namespace, f"it is in {server}; see there for its namespace and Secrets")


def _namespace(namespace: str) -> Row:
    what, words = f"namespace {namespace}", shlex.join(commands.target().kubectl)
    there = commands.get("namespaces", f"--field-selector=metadata.name={namespace}")
    if not there:
        return Row(OPEN, what, f"{words} create namespace {namespace}")
    level = NODE_READERS.get(namespace.removeprefix(f"{name()}-"), "restricted")
    if there[0]["metadata"].get("labels", {}).get(LEVEL) != level:
        return Row(OPEN, what, f"{words} label namespace {namespace} {LEVEL}={level}")
    return Row(READY, what)


def _secret(secret: Secret, namespace: str) -> Row:
    what, found = f"Secret {secret.name} in {namespace}", ""
    try:
        found = kubectl(f"--namespace={namespace}", "get", "secret", secret.name, KEYS)
    except ProjectError as error:
        if "NotFound" not in str(error):
            raise
    lacks = [key for key in secret.keys if key not in found.split()]
    if not lacks:
        return Row(READY, what)
    if not found and secret.optional:
        return Row(STAYS, what, f"may be missing {secret.optional}")
    return Row(OPEN, what, f"make it with the keys {', '.join(lacks)}")
