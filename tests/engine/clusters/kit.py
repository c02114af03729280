"""Clusters of the made-up project: the template's own values, with its answers filled in."""

import re
from pathlib import Path

from tests.engine.kit import TEMPLATE

NAME = "late-parcels"
ANSWERS = {
    "git_url": "https://git.example.com/late-parcels.git",
    "project_name": NAME,
    "registry": "registry.example.com/parcels",
}


def text_of(template: str) -> str:
    """Return a file of the template as it is in the project."""
    text = (TEMPLATE / template).read_text("utf-8")
    return re.sub(r"#\{ (\w+) \}#", lambda match: ANSWERS[match[1]], text)


def add_cluster(project: Path, name: str) -> Path:
    """Give the project the values of a cluster and return their file."""
    for file in ("kustomization.yaml", "values.yaml.jinja"):
        write(
            project / "clusters" / name / file.removesuffix(".jinja"),
            text_of(f"clusters/{name}/{file}"),
        )
    return project / "clusters" / name / "values.yaml"


def write(path: Path, text: str) -> None:
    """Write a file, its directories too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def change(path: Path, old: str, new: str) -> None:
    """Change one place of a file."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{path} holds {old!r} {text.count(old)} times"
    path.write_text(text.replace(old, new), "utf-8")
