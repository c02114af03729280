"""Renovate, as a project configures it, sees everything that is pinned, and can read the locks."""

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.kit.project import Project

CONFIG = ".github/renovate.json"
# What its manager pip-compile takes from the first lines of a lock that uv has written; a value
# stands behind an equals sign. https://docs.renovatebot.com/modules/manager/pip-compile/
OPTIONS = re.compile(
    r"--(universal|generate-hashes|all-extras|(output-file|constraint|override|extra|group)=\S+)"
)
DEFAULT_PATTERNS = {  # Renovate's own
    "dockerfile": ["/(^|/)([Dd]ocker|[Cc]ontainer)file[^/]*$/"],
    "github-actions": [r"/(^|/)\.github/workflows/.+\.ya?ml$/"],
    "kustomize": [r"/(^|/)kustomization\.ya?ml$/"],
}
PINNED = {  # what a pin looks like: the managers that read it
    r"^FROM \S+:": {"dockerfile"},
    r"^\s+(- )?image: [\w.-]+\.[a-z]+/\S+:\S+": {"kubernetes"},
    r"^\s+(- )?uses: \S+@": {"github-actions"},
    r"^\s+- https://github.com/\S+\?ref=": {"kustomize"},
    r"^\s+newTag: ": {"kustomize"},
    r"--executor-image=": {"custom.regex"},
}


@pytest.fixture
def config(standard: Project) -> dict[str, Any]:
    """Return the configuration."""
    content: dict[str, Any] = json.loads((standard.path / CONFIG).read_text("utf-8"))
    return content


def reads(config: dict[str, Any], manager: str, path: str) -> bool:
    """Tell whether a manager that is enabled looks at a file."""
    patterns = DEFAULT_PATTERNS.get(manager, [])
    patterns = config.get(manager, {}).get("managerFilePatterns", patterns)
    if manager == "custom.regex":
        patterns = [text for one in config["customManagers"] for text in one["managerFilePatterns"]]
    found = any(re.search(pattern.strip("/"), path) for pattern in patterns)
    return found and manager in config["enabledManagers"]


def pins(standard: Project) -> Iterator[tuple[str, str, set[str]]]:
    """Yield file, line and managers of everything that is pinned in the text of a project."""
    for name in standard.files():
        if name.endswith((".yaml", "Dockerfile")) and not name.startswith("tests/"):
            for line in (standard.path / name).read_text("utf-8").splitlines():
                for pattern, managers in PINNED.items():
                    if re.search(pattern, line):
                        yield name, line.strip(), managers


def test_every_pin_is_seen(config: dict[str, Any], standard: Project) -> None:
    found = list(pins(standard))
    assert len(found) >= 20
    assert {manager for _, _, managers in found for manager in managers} | {
        "copier",
        "pip-compile",
    } == set(config["enabledManagers"])
    for name, line, managers in found:
        assert any(reads(config, manager, name) for manager in managers), f"{name}: {line}"


def test_every_lock_is_seen_and_says_how_it_was_made(
    config: dict[str, Any], standard: Project
) -> None:
    locks = [name for name in standard.files() if "requirements" in name and name.endswith(".txt")]
    assert len(locks) == 5
    for name in locks:
        assert reads(config, "pip-compile", name)
        command = (standard.path / name).read_text("utf-8").splitlines()[1]
        uv, pip, verb, *options = shlex.split(command.removeprefix("#"))
        assert (uv, pip, verb) == ("uv", "pip", "compile")
        sources = [word for word in options if not word.startswith("-")]
        assert all((standard.path / source).exists() for source in sources)
        assert [word for word in options if not OPTIONS.fullmatch(word)] == sources
        assert f"--output-file={name}" in options
        assert "--generate-hashes" in options


def test_what_a_custom_manager_looks_for_is_there(
    config: dict[str, Any], standard: Project
) -> None:
    for manager in config["customManagers"]:
        (pattern,) = manager["matchStrings"]
        wanted = re.compile(pattern.replace("(?<", "(?P<"))
        seen = [
            name
            for name in standard.files()
            if reads({**config, "customManagers": [manager]}, "custom.regex", name)
        ]
        (match,) = [m for name in seen for m in wanted.finditer((standard.path / name).read_text())]
        assert re.fullmatch(r"v?\d+\.\d+\.\d+", match["currentValue"])


def test_every_rule_about_a_version_is_about_something(
    config: dict[str, Any], standard: Project
) -> None:
    texts = "\n".join(
        (standard.path / name).read_text("utf-8")
        for name in standard.files()
        if name.endswith((".yaml", ".toml", ".in", "Dockerfile"))
    )
    for rule in config["packageRules"]:
        for name in rule.get("matchPackageNames", []):
            assert name.removesuffix("**") in texts, name


def test_the_actions_are_pinned_by_digest(standard: Project) -> None:
    used = [
        step["uses"]
        for path in (standard.path / ".github/workflows").glob("*.yaml")
        for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values()
        for step in job["steps"]
        if "uses" in step
    ]
    assert used
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name) for name in used)
