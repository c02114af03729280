"""Renovate, as a project configures it, sees everything that is pinned, and can read the locks."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kit.project import Project, Renderer

CONFIG = "renovate.json"
# What its manager pip-compile takes from the first lines of a lock that uv has written; a value
# stands behind an equals sign. https://docs.renovatebot.com/modules/manager/pip-compile/
OPTIONS = re.compile(
    r"--(universal|generate-hashes|all-extras|(output-file|constraint|override|extra|group)=\S+)"
)
DEFAULT_PATTERNS = {  # Renovate's own
    "dockerfile": ["/(^|/)([Dd]ocker|[Cc]ontainer)file[^/]*$/"],
    "github-actions": [r"/(^|/)\.github/workflows/.+\.ya?ml$/"],
    "gitlabci": [r"/\.gitlab-ci\.ya?ml$/"],
    "kustomize": [r"/(^|/)kustomization\.ya?ml$/"],
}
PINNED = {  # what a pin looks like: the managers that read it
    r"^FROM \S+:": {"dockerfile"},
    r"^\s+(- )?image: [\w.-]+\.[a-z]+/\S+:\S+": {"kubernetes"},
    r"^\s+(- )?uses: \S+@": {"github-actions"},
    r"^\s+image: [\w-]+:\d\S+": {"gitlabci"},
    r"^\s+- https://github.com/\S+\?ref=": {"kustomize"},
    r"^\s+newTag: ": {"kustomize"},
    r"--executor-image=": {"custom.regex"},
}
CATEGORIES = {  # Renovate's own, of the managers of which one has to be enabled
    "ci": {"github-actions", "gitlabci"},
    "custom": {"custom.regex"},
    "docker": {"dockerfile"},
    "kubernetes": {"kubernetes", "kustomize"},
}
EVERYWHERE = {"copier", "pip-compile"}


@pytest.fixture
def config(standard: Project) -> dict[str, Any]:
    """Return the configuration."""
    return configuration(standard)


def configuration(project: Project) -> dict[str, Any]:
    """Read the configuration of a project."""
    content: dict[str, Any] = json.loads((project.path / CONFIG).read_text("utf-8"))
    return content


def reads(config: dict[str, Any], manager: str, path: str) -> bool:
    """Tell whether a manager that is enabled looks at a file."""
    patterns = DEFAULT_PATTERNS.get(manager, [])
    patterns = config.get(manager, {}).get("managerFilePatterns", patterns)
    if manager == "custom.regex":
        patterns = [text for one in config["customManagers"] for text in one["managerFilePatterns"]]
    found = any(re.search(pattern.strip("/"), path) for pattern in patterns)
    return found and manager in config["enabledManagers"]


def pins(project: Project) -> Iterator[tuple[str, str, set[str]]]:
    """Yield file, line and managers of everything that is pinned in the text of a project."""
    for name in project.files():
        if name.endswith((".yaml", ".yml", "Dockerfile")) and not name.startswith("tests/"):
            for line in (project.path / name).read_text("utf-8").splitlines():
                for pattern, managers in PINNED.items():
                    if re.search(pattern, line):
                        yield name, line.strip(), managers


@pytest.mark.parametrize("ci", ["github", "gitlab", "none"])
def test_every_pin_is_seen(ci: str, render: Renderer) -> None:
    project = render({"ci": ci})
    config, found = configuration(project), list(pins(project))
    assert len(found) >= 20
    managers = {manager for _, _, managers in found for manager in managers}
    assert managers | EVERYWHERE == set(config["enabledManagers"])
    for name, line, managers in found:
        assert any(reads(config, manager, name) for manager in managers), f"{name}: {line}"


def test_what_the_template_owns_waits_for_a_tick(config: dict[str, Any]) -> None:
    (rule,) = [rule for rule in config["packageRules"] if "matchCategories" in rule]
    waiting = {manager for name in rule["matchCategories"] for manager in CATEGORIES[name]}
    assert set(config["enabledManagers"]) - waiting == EVERYWHERE


@pytest.mark.parametrize(
    ("change", "code"), [({}, 0), ({"enabledManagers": "x"}, 1), ({"packageRules": [1]}, 1)]
)
def test_the_published_schema_allows_the_configuration(
    change: dict[str, Any], code: int, config: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / CONFIG).write_text(json.dumps(config | change), "utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.renovate"]
    done = subprocess.run([*command, str(tmp_path / CONFIG)], capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr


def test_every_lock_is_seen_and_says_how_it_was_made(
    config: dict[str, Any], standard: Project
) -> None:
    locks = [name for name in standard.files() if "requirements" in name and name.endswith(".txt")]
    assert len(locks) == 6
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
