"""Clusters of the made-up project: the template's own values, with its answers filled in."""

import re
from pathlib import Path

from tests.engine.kit import TEMPLATE

NAME = "late-parcels"
CONDITION = re.compile(r"^#% if cloud .*?^#% endif %#\n", re.M | re.S)
BRANCH = re.compile(r'^#% (?:el)?if cloud ([!=]=) "(\w+)" %#\n(.*?)(?=^#% )', re.M | re.S)
KEDA = re.compile(r"^ *#% if keda %#\n.*?(?:^ *#% else %#\n(.*?))?^ *#% endif %#\n", re.M | re.S)
ANSWERS = {
    "alerts_values": '\n\nalerts:\n  grafana: ""',
    "gitops_components": "",
    "git_url": "https://git.example.com/late-parcels.git",
    "logs_values": "",
    "logs_volume": "",
    "project_name": NAME,
    "queues_values": '\n\nqueues:\n  cpu: "4"\n  memory: 16Gi',
    "registry": "registry.example.com/parcels",
}


def text_of(template: str, cloud: str = "none") -> str:
    """Return a file of the template as in the project, which has no KEDA and may be in a cloud."""
    text = CONDITION.sub(lambda found: _of_cloud(found[0], cloud), _read(template))
    text = KEDA.sub(lambda found: found[1] or "", text)
    return re.sub(r"#\{ (\w+) \}#", lambda match: ANSWERS[match[1]], text)


def _read(template: str) -> str:
    return (TEMPLATE / template).read_text("utf-8")


def _of_cloud(text: str, cloud: str) -> str:
    """Return what a condition on the cloud keeps of its branches."""
    branches = BRANCH.findall(text)
    kept = (inner for sign, name, inner in branches if (name == cloud) == (sign == "=="))
    return next(kept, "")


def add_cluster(project: Path, name: str, cloud: str = "none") -> Path:
    """Give the project the values of a cluster and return their file."""
    for file in ("kustomization.yaml", "values.yaml.jinja"):
        write(
            project / "clusters" / name / file.removesuffix(".jinja"),
            text_of(f"clusters/{name}/{file}", cloud),
        )
    return project / "clusters" / name / "values.yaml"


def add_gpu_nodes(project: Path, cloud: str) -> None:
    """Give the project the component that a cloud has."""
    for path in (TEMPLATE / f"#{{ {cloud} }}#/components/gpu-nodes").iterdir():
        text = text_of(path.relative_to(TEMPLATE).as_posix())
        write(project / "components/gpu-nodes" / path.name.removesuffix(".jinja"), text)


def write(path: Path, text: str) -> None:
    """Write a file, its directories too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def change(path: Path, old: str, new: str) -> None:
    """Change one place of a file."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{path} holds {old!r} {text.count(old)} times"
    path.write_text(text.replace(old, new), "utf-8")
