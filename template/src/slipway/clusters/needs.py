"""`needs.yaml`: what a directory needs of a cluster beside its values."""

import re
from collections.abc import Mapping
from functools import reduce
from typing import Any

from pydantic import Field

from . import build, document
from .commands import root
from .document import Part


class Need(Part):
    """What kubectl shows by its answer to `ask`; without `ask` people must look."""

    what: str
    do: str
    ask: str = ""
    answer: str = ""
    stays: str = ""


class Secret(Part):
    """A Secret, and the last part of the names of its namespaces."""

    name: str
    keys: list[str]
    namespaces: list[str]  # `environments` is one for each
    optional: str = ""


class Needs(Part):
    """One file."""

    cluster: list[Need] = Field(default_factory=list)
    secrets: list[Secret] = Field(default_factory=list)


def needed(cluster: str) -> Needs:
    """Return the needs of all that Argo CD applies in a cluster, gitops/ first."""
    paths = [root() / "gitops" / "needs.yaml", *sorted(root().glob("components/**/needs.yaml"))]
    files = [path.relative_to(root()).as_posix() for path in paths if path.exists()]
    whole = {directory for directory in build.components() if directory.count("/") == 1}
    left_out = whole - set(build.applied(cluster))
    parts = [
        document.read(document.parse(file), Needs)
        for file in files
        if file.removesuffix("/needs.yaml") not in left_out
    ]
    return Needs(
        cluster=[need for part in parts for need in part.cluster],
        secrets=[secret for part in parts for secret in part.secrets],
    )


def fill(text: str, values: Mapping[str, Any]) -> str:
    """Return a text in which {project} and {keys.of.the.values} are filled in."""
    return re.sub(
        r"\{([a-z][a-z.-]*)\}",
        lambda match: str(reduce(lambda part, key: part[key], match[1].split("."), values)),
        text,
    )
