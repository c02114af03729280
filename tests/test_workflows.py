"""The workflows of every scenario keep Argo's rules and ours, and each gate finds a defect."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from hooks.template import ROOT
from tests.kit.gates import Findings, Gate
from tests.kit.project import SCENARIOS, Project, Renderer, answers_of, has_cluster
from tests.kit.workflow_gates import WORKFLOWS

ROOMS = {"serving", "workflows"}  # an answer to one of these leaves the workflows out
GATES = {gate.name: gate for gate in WORKFLOWS}
STANDARD = [
    path for path in SCENARIOS if has_cluster(path) and answers_of(path).keys().isdisjoint(ROOMS)
]
Passes = Callable[[str, Findings, int], None]


@pytest.mark.parametrize("scenario", STANDARD, ids=lambda path: path.stem)
@pytest.mark.parametrize("gate", WORKFLOWS, ids=lambda gate: gate.name)
def test_every_workflow_passes(
    gate: Gate, scenario: Path, render: Renderer, passes: Passes
) -> None:
    passes(gate.name, gate.judge(render(answers_of(scenario)).path), gate.floor)


DEFECTS = [
    ("argo_lint", "loop.yaml", "template: gate", "template: gait", "gate.gait not found"),
    ("argo_lint", "build.yaml", "enum:", "enums:", "unknown field"),
    ("argo_lint", "watch.yaml", "{{inputs.parameters.month}}", "{{inputs.moon}}", "inputs.moon"),
    ("argo_lint", "cronworkflow.yaml", "0 5 * * *", "0 25 * * *", "above maximum"),
    ("events_lint", "events/sensor.yaml", "dependencies:", "dependants:", "dependenc"),
    ("events_lint", "events/eventsource.yaml", "endpoint: /push", "point: /push", "endpoint"),
    (
        "injection",
        "promote.yaml",
        "/programs/promote.sh",
        "'{{inputs.parameters.to}}'",
        "pastes into",
    ),
    ("bounded", "train.yaml", "activeDeadlineSeconds: 14400", "daemon: false", "no deadline"),
    ("bounded", "gate.yaml", "command: [", "args: [", "main lacks command"),
    ("bounded", "gate.yaml", "memory: 2Gi", "ephemeral-storage: 2Gi", "lacks limits.memory"),
    (
        "bounded",
        "pod/checkout.yaml",
        "memory: 64Mi",
        "storage: 1Gi",
        "checkout lacks requests.memory",
    ),
    ("runbooks", "train.yaml", "runbooks/train.md", "runbooks/trane.md", "no runbook"),
    ("runbook_links", "events/sensor.yaml", "runbooks/loop.md", "runbooks/lop.md", "no file"),
    ("runbook_links", "monitoring/alerts.yaml", "/blob/main/", "/main/", "leads to no file"),
    ("runbooks", "runbooks/gate.md", "## Diagnosis", "## Prognosis", "gate.md: lacks"),
]


@pytest.mark.parametrize(("gate", "name", "old", "new", "expected"), DEFECTS)
def test_a_planted_defect_is_found(
    gate: str, name: str, old: str, new: str, expected: str, standard: Project, tmp_path: Path
) -> None:
    project = standard.copy(tmp_path / "project").path
    path = project / "components/workflows" / name
    text = path.read_text("utf-8")
    assert old in text, f"{name} does not hold {old}"
    path.write_text(text.replace(old, new), "utf-8")
    found = GATES[gate].judge(project).problems
    assert any(expected in line for line in found), found


def shallow(project: Path) -> list[str]:
    """Name the checkouts of a repository's own CI that leave its history behind."""
    return [
        f"{path.name}: {name}"
        for path in sorted((project / ".github" / "workflows").glob("*.yaml"))
        for name, job in yaml.safe_load(path.read_text("utf-8"))["jobs"].items()
        for step in job["steps"]
        if step.get("uses", "").startswith("actions/checkout@")
        and step.get("with", {}).get("fetch-depth") != 0
    ]


def test_ci_fetches_the_history_from_which_code_and_releases_are_read(
    standard: Project, tmp_path: Path
) -> None:
    assert shallow(standard.path) == shallow(ROOT) == []
    project = standard.copy(tmp_path / "project").path
    path = project / ".github" / "workflows" / "ci.yaml"
    path.write_text(path.read_text("utf-8").replace("fetch-depth: 0", "fetch-depth: 1"), "utf-8")
    assert shallow(project) == ["ci.yaml: test"]


def test_every_gate_has_a_planted_defect() -> None:
    assert {gate for gate, *_ in DEFECTS} == set(GATES)
