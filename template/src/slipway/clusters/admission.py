"""Whether the API server would take manifests: it judges a dry run, nothing is kept."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from ..errors import ProjectError
from . import build
from .build import Object
from .commands import kubectl


def objects(cluster: str) -> dict[str, list[Object]]:
    """Build what Argo CD would apply, by namespace; an environment without a release as well.

    What is cluster-wide has the namespace "", but for namespaces, which people make.
    """
    found: dict[str, list[Object]] = defaultdict(list)
    for directory, text in build.texts(cluster).items():
        for item in build.objects(text):
            namespace = item["metadata"].get("namespace", "")
            if item["kind"] != "Namespace" and directory != "gitops":
                found[namespace].append(item)
    return found


def refusal(namespace: str, items: list[Object]) -> str:
    """Return why objects, or the pods that they make, would be refused; else nothing."""
    pods = [pod(spec, number) for number, spec in enumerate(pod_specs(items))]
    flags = ("--server-side", "--force-conflicts", "--field-manager=readiness")
    dry = (f"--namespace={namespace}", "--dry-run=server", "--filename=-")
    try:
        kubectl("apply", *dry, *flags, stdin=_list(items))
        if pods:
            kubectl("create", *dry, stdin=_list(pods))
    except ProjectError as error:
        return reason(error)
    return ""


def reason(error: ProjectError) -> str:
    """Return the first line in which the API server says no."""
    lines = [line for line in str(error).splitlines() if "rror" in line] or [str(error)]
    return lines[0].partition("failed: ")[2] or lines[0]


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
    metadata = {"name": f"readiness-{number}"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": own}


def _list(items: list[Object]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
