"""`slipway cluster add` and `slipway environment add`: every edit that one more of them needs."""

import re
from collections.abc import Mapping

from .. import rules
from ..errors import ProjectError
from ..files import all_or_nothing, write_bytes
from ..project import FILE, project
from ..release import record
from . import document, edit, values
from .commands import root

PATTERN = "production"  # the directory in clusters/ from which others are made
NAME = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
LONGEST = 63  # of a name of a namespace
KINDS = "gitops/appproject-environments.yaml"
LOCAL = "local"  # what WHERE= calls this machine
OTHERS = {
    "client",
    "gitops",
    "pipelines",
    "platform",
}  # after the project's name, others are called so
YAML_WORDS = {"false", "n", "no", "null", "off", "on", "true", "y", "yes"}


def cluster(name: str) -> None:
    """Make clusters/NAME from clusters/production.

    Raises:
        ProjectError: The name is taken or no name, or clusters/production is missing or wrong.
    """
    if name == LOCAL:
        raise ProjectError(f"{LOCAL} means this machine: choose another name.")
    _check(name, "cluster", taken=(root() / "clusters" / name).exists())
    values.load(PATTERN)
    texts = {}
    for path in sorted((root() / "clusters" / PATTERN).iterdir()):
        if path.is_file():
            texts[f"clusters/{name}/{path.name}"] = path.read_text("utf-8")
    location = values.location(name)
    text = edit.put(texts[location], ("metadata", "name"), name)
    text = edit.put(text, ("context",), name)
    texts[location] = text.replace(f"WHERE={PATTERN}", f"WHERE={name}")
    with all_or_nothing(root() / file for file in texts):
        _write(texts)
    print(f"{location} is made: change what differs, then run `make readiness WHERE={name}`.")


def environment(name: str, after: str) -> None:
    """Add an environment to which `after` promotes.

    Raises:
        ProjectError: The name is taken or no name, or a file cannot be changed; nothing is then.
    """
    _check(name, "environment", taken=(root() / "environments" / name).exists())
    if name in OTHERS or (root() / "components" / name).exists():
        raise ProjectError(f"{project().name}-{name} is no environment's: choose another name.")
    if after == project().last:
        raise ProjectError(
            f"{after} serves the users, and its model is the champion: nothing comes after it."
        )
    old, new = (f"{project().name}-{word}" for word in (after, name))
    texts = {FILE: edit.add_environment(_text(FILE), after, name)}
    for file in (values.location(cluster) for cluster in values.clusters()):
        texts[file] = edit.repeat(document.parse(file).text, ("environments",), old, new, file)
    if (root() / KINDS).exists():
        keys = ("spec", "clusterResourceWhitelist")
        texts[KINDS] = edit.repeat(document.parse(KINDS).text, keys, old, new, KINDS)
    texts |= _room(name, after, {after: name, old: new})
    with all_or_nothing(root() / file for file in [*texts, *rules.paths()]):
        _write(texts)
        project.cache_clear()
        _write(rules.texts())
    print(f"{name} comes after {after}: look with `git status`, then commit.")
    print("It needs a namespace and Secrets of its own: `make readiness WHERE=...` names them.")


def _room(name: str, after: str, names: Mapping[str, str]) -> dict[str, str]:
    """Return the files of an environment as those of another one that has released nothing."""
    texts = {}
    for path in sorted((root() / "environments" / after).glob("*.yaml")):
        file = f"environments/{after}/{path.name}"
        text = document.parse(file).text
        released = file == record.location(after)
        texts[f"environments/{name}/{path.name}"] = (
            record.unreleased(text) if released else edit.rename(text, names)
        )
    return texts


def _check(name: str, what: str, taken: bool) -> None:
    if not NAME.fullmatch(name) or len(f"{project().name}-{name}") > LONGEST:
        raise ProjectError(
            f"{name!r} is no name of {what}: write lower-case letters, digits and hyphens, so that "
            f"{project().name}-{name} has at most {LONGEST} characters."
        )
    if name in YAML_WORDS:
        raise ProjectError(f"{name!r} is a word of YAML: choose another name.")
    if taken or (what == "environment" and name in project().environments):
        raise ProjectError(f"The {what} {name} is there already: choose another name.")


def _text(file: str) -> str:
    return (root() / file).read_text("utf-8")


def _write(texts: Mapping[str, str]) -> None:
    for file, text in texts.items():
        write_bytes(root() / file, text.encode())
