"""Write docs/reference/metrics.md: the list of a project with every room, by its own command."""

import tempfile
from pathlib import Path
from typing import Any

from hooks.template import ROOT

from .project import Project, Renderer, isolate
from .venv import link_venv, make

PAGE = ROOT / "docs/reference/metrics.md"
LISTED: dict[str, Any] = {"cloud": "aws", "keda": True, "queues": True, "telemetry": True}


def fresh(project: Project, directory: Path) -> str:
    """Return the page that the command of a project writes, in a copy below a directory.

    Raises:
        AssertionError: The command fails; the message is what it said.
    """
    path = project.copy(directory / "listed").path
    link_venv(path)
    ended = make(path, "metrics")
    assert ended.returncode == 0, ended.stdout
    return (path / "build/metrics.md").read_text("utf-8")


def main() -> None:
    """Write the page anew."""
    isolate(ROOT / "tests/kit/no-settings.yml")
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        PAGE.write_text(fresh(Renderer(directory)(LISTED), directory), "utf-8")


if __name__ == "__main__":
    main()
