"""The committed examples are what the template renders now."""

from collections.abc import Callable
from pathlib import Path

from tests.kit.examples import content, fresh
from tests.kit.project import Renderer, copy_tree

Count = Callable[[str, int, int], None]


def stale(committed: Path, render: Renderer) -> list[str]:
    """Name the files that differ between the examples and a fresh render."""
    old, new = content(committed), fresh(render)
    return sorted(path for path in old.keys() | new if old.get(path) != new.get(path))


def test_the_examples_are_fresh(render: Renderer, tmp_path: Path, count: Count) -> None:
    copy_tree(tmp_path, "examples")
    committed = tmp_path / "examples"
    count("example files", len(content(committed)), 150)
    assert stale(committed, render) == [], "run `make examples` and commit what it writes"


def test_a_stale_example_is_found(render: Renderer, tmp_path: Path) -> None:
    copy_tree(tmp_path, "examples")
    examples = tmp_path / "examples"
    (examples / "standard/README.md").write_text("old\n")
    (examples / "standard/Makefile").unlink()
    (examples / "standard/pyproject.toml").chmod(0o755)
    (examples / "standard/more.md").write_text("more\n")
    (examples / "minimal.txt").write_text("README.md\n")
    assert stale(examples, render) == [
        "minimal.txt",
        "standard/Makefile",
        "standard/README.md",
        "standard/more.md",
        "standard/pyproject.toml",
    ]
