"""`make readiness` of a fresh project forgets nothing that only the local cluster can have."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.kit.manifest_gates import project_name
from tests.kit.project import SCENARIOS, Project, Renderer, answers_of, has_cluster

FORGOTTEN = """
import json, sys, yaml
from pathlib import Path
from slipway.clusters.readiness import values

found = list(values.values(Path()))
entries = yaml.safe_load(Path(values.LIST).read_text("utf-8"))["values"]
lost = [value.place for value in values.forgotten(found, entries, sys.argv[1])]
print(json.dumps([len(found), lost]))
"""
ENTRY = "database"


def checked(directory: Path) -> tuple[int, list[str]]:
    """Return how many values a project's manifests hold, and the places that the list lacks."""
    child = subprocess.run(
        [sys.executable, "-c", FORGOTTEN, project_name(directory)],
        cwd=directory,
        env=os.environ | {"PYTHONPATH": "src", "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    count, places = json.loads(child.stdout)
    return count, places


@pytest.mark.parametrize(
    "scenario", [path for path in SCENARIOS if has_cluster(path)], ids=lambda path: path.stem
)
def test_nothing_that_only_kind_can_have_is_missing_in_the_list(
    scenario: Path, render: Renderer, count: Callable[[str, int, int], None]
) -> None:
    values, forgotten = checked(render(answers_of(scenario)).path)
    count("values that a real cluster may need otherwise", values, 500)
    assert forgotten == []


def test_an_entry_that_is_taken_out_of_the_list_is_missed(
    standard: Project, tmp_path: Path
) -> None:
    project = standard.copy(tmp_path / "project").path
    path = project / "clusters/readiness/differences.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    (entry,) = [entry for entry in content["values"] if entry["what"] == ENTRY]
    content["values"].remove(entry)
    path.write_text(yaml.safe_dump(content), "utf-8")
    _, forgotten = checked(project)
    assert {place.split()[0] for place in forgotten} == set(entry["at"])
