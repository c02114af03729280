"""The minimal profile leaves no trace of what it leaves out."""

import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from tests.kit.gates import Findings, texts
from tests.kit.project import Project, Renderer

ENGINE = "src/slipway/"  # the same in every project, whatever it leaves out
Passes = Callable[[str, Findings, int], None]


@pytest.fixture(scope="module")
def minimal(render: Renderer) -> Project:
    return render({"profile": "minimal"})


def traces(project: Path, removed: set[str]) -> Findings:
    """Name each file that speaks of a removed file, or of a directory that is gone with it."""
    directories = {f"{parent}/" for path in removed for parent in PurePosixPath(path).parents}
    gone = {name for name in directories if name != "./" and not (project / name).exists()}
    findings = Findings()
    patterns = {word: re.compile(rf"(?<![\w/-]){re.escape(word)}") for word in removed | gone}
    for name, text in texts(project):
        if name.startswith(ENGINE):
            continue
        words = (word for word in sorted(patterns) if patterns[word].search(text))
        findings.add(f"{name} speaks of {word}" for word in words)
    return findings


def test_minimal_is_a_part_of_standard(minimal: Project, standard: Project) -> None:
    assert set(minimal.files()) < set(standard.files())


def test_minimal_leaves_no_trace(minimal: Project, standard: Project, passes: Passes) -> None:
    removed = set(standard.files()) - set(minimal.files())
    passes("traces of a profile", traces(minimal.path, removed), 60)


def test_a_trace_is_found(minimal: Project, standard: Project, tmp_path: Path) -> None:
    removed = set(standard.files()) - set(minimal.files())
    project = minimal.copy(tmp_path / "project").path
    (project / "docs/more.md").write_text(f"See {min(removed)}.\n", "utf-8")
    assert f"docs/more.md speaks of {min(removed)}" in traces(project, removed).problems
