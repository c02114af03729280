"""Every query of a dashboard is PromQL, and reaches Grafana in a ConfigMap of its own."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.kit import manifests
from tests.kit.project import Project

ROOMS = ["components/serving/monitoring", "components/workflows/monitoring"]


def queries(text: str) -> list[str]:
    """Return what a dashboard asks Prometheus, for one environment."""
    targets = [target for panel in json.loads(text)["panels"] for target in panel["targets"]]
    return [target["expr"].replace("$environment", "prod") for target in targets]


def parsed(expressions: list[str], directory: Path) -> subprocess.CompletedProcess[str]:
    """Let promtool read the expressions as rules."""
    program = shutil.which("promtool")
    assert program, "promtool is missing: install the package prometheus."
    rules = [{"record": f"query:{n}", "expr": text} for n, text in enumerate(expressions)]
    file = directory / "rules.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}), "utf-8")
    return subprocess.run([program, "check", "rules", file], capture_output=True, text=True)


@pytest.mark.parametrize("room", ROOMS)
def test_every_query_is_promql(
    room: str, standard: Project, tmp_path: Path, count: Callable[[str, int, int], None]
) -> None:
    asked = queries((standard.path / room / "dashboard.json").read_text("utf-8"))
    done = parsed(asked, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    count(f"queries {room}", len(asked), 6)


def test_a_query_that_is_not_promql_is_noticed(standard: Project, tmp_path: Path) -> None:
    text = (standard.path / ROOMS[0] / "dashboard.json").read_text("utf-8")
    assert "sum by (status)" in text
    assert parsed(queries(text.replace("sum by (status)", "sum by status")), tmp_path).returncode


def test_grafana_finds_the_dashboards_by_their_label(standard: Project) -> None:
    found = [
        built
        for built in manifests.build(standard.path, "components/monitoring")
        if built.object["metadata"].get("labels", {}).get("grafana_dashboard") == "1"
    ]
    files = {name: text for built in found for name, text in built.object["data"].items()}
    assert len(found) == len(files) == len(ROOMS)
    assert all(name.startswith("flight-delays-") for name in files)  # Grafana has one directory
    assert all(json.loads(text)["title"].startswith("flight-delays: ") for text in files.values())
