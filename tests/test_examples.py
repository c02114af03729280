"""The committed examples are what the template renders now."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hooks.template import ROOT
from tests.kit.examples import EXAMPLES, content, fresh
from tests.kit.project import Renderer, copy_tree

Count = Callable[[str, int, int], None]


def stale(committed: Path, name: str, render: Renderer) -> list[str]:
    """Name the files that differ between an example and a fresh render."""
    old, new = content(committed), fresh(name, render)
    return sorted(path for path in old.keys() | new if old.get(path) != new.get(path))


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_fresh(name: str, render: Renderer, tmp_path: Path, count: Count) -> None:
    copy_tree(tmp_path, f"examples/{name}")
    committed = tmp_path / "examples" / name
    count("example files", len(content(committed)), 60)
    assert stale(committed, name, render) == [], "run `make examples` and commit what it writes"


def test_a_stale_example_is_found(render: Renderer, tmp_path: Path) -> None:
    example = shutil.copytree(render({"profile": "standard"}).path, tmp_path / "standard")
    assert stale(example, "standard", render) == []
    (example / "README.md").write_text("old\n")
    (example / "Makefile").unlink()
    (example / "pyproject.toml").chmod(0o755)
    (example / "more.md").write_text("more\n")
    assert stale(example, "standard", render) == [
        "Makefile",
        "README.md",
        "more.md",
        "pyproject.toml",
    ]


def test_every_example_has_a_scenario() -> None:
    assert {path.name for path in (ROOT / "examples").iterdir()} == set(EXAMPLES)
