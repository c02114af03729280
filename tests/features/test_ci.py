"""A project has the files of its CI system, and no word of another one."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kit.ci_gates import PIPELINE, pipelines, workflows
from tests.kit.gates import Findings, texts
from tests.kit.project import Project, Renderer

ENGINE = "src/slipway/"  # the same in every project, whatever it leaves out
ANSWERS = ".copier-answers.yml"
GITHUB = r"\.github\b|GitHub|github-actions|[Pp]ull request"
GITLAB = r"\.gitlab|GitLab|gitlabci|[Mm]erge.request"
OTHERS = {"github": GITLAB, "gitlab": GITHUB, "none": f"{GITHUB}|{GITLAB}"}
Passes = Callable[[str, Findings, int], None]


def traces(answer: str, directory: Path) -> Findings:
    """Name each file that is of another CI system or speaks of one."""
    findings, pattern = Findings(), re.compile(OTHERS[answer])
    for name, text in texts(directory):
        if not name.startswith(ENGINE) and name != ANSWERS:
            found = pattern.search(f"{name}\n{text}")
            findings.add([f"{name} speaks of {found[0]}"] if found else [])
    return findings


@pytest.mark.parametrize("profile", ["minimal", "standard"])
@pytest.mark.parametrize("answer", OTHERS)
def test_no_other_system_leaves_a_trace(
    answer: str, profile: str, render: Renderer, passes: Passes
) -> None:
    project = render({"ci": answer, "profile": profile})
    passes("traces of CI systems", traces(answer, project.path), 40)


@pytest.mark.parametrize(
    ("answer", "name", "text"),
    [
        ("github", "README.md", "Open a merge request.\n"),
        ("gitlab", "README.md", "Open a pull request.\n"),
        ("gitlab", ".github/CODEOWNERS", "* a@example.com\n"),
        ("none", PIPELINE, "test: {}\n"),
    ],
)
def test_a_trace_is_found(
    answer: str, name: str, text: str, render: Renderer, tmp_path: Path
) -> None:
    project = render({"ci": answer}).copy(tmp_path / "project").path
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text(text, "utf-8")
    assert [line.partition(" ")[0] for line in traces(answer, project).problems] == [name]


def commands(project: Project) -> list[str]:
    """Return what CI calls, in this order, when somebody proposes a change."""
    for path in pipelines(project.path):
        return list(yaml.safe_load(path.read_text("utf-8"))["test"]["script"])
    (path,) = [path for path in workflows(project.path) if path.name == "ci.yaml"]
    steps: list[dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))["jobs"]["test"]["steps"]
    return [step["run"] for step in steps if "run" in step]


@pytest.mark.parametrize("profile", ["minimal", "standard"])
def test_every_system_calls_the_same_commands(profile: str, render: Renderer) -> None:
    github, gitlab = (
        commands(render({"ci": ci, "profile": profile})) for ci in OTHERS if ci != "none"
    )
    assert github == gitlab
    assert {"make check", "make test"} <= set(github)


@pytest.mark.parametrize("answer", OTHERS)
def test_what_every_forge_reads_is_in_the_root(answer: str, render: Renderer) -> None:
    assert {"CODEOWNERS", "renovate.json"} <= set(render({"ci": answer}).files())
