"""The CI of every scenario runs, ends in time and sees all commits; each gate finds a defect."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hooks.template import ROOT, questions
from tests.kit.ci_gates import CI, PIPELINE
from tests.kit.gates import Findings, Gate
from tests.kit.project import SCENARIOS, Renderer, answers_of

Passes = Callable[[str, Findings, int], None]
GATES = {gate.name: gate for gates in CI.values() for gate in gates}
WORKFLOW = ".github/workflows/ci.yaml"
PROPOSAL = ".github/workflows/propose-release.yaml"


def system(scenario: Path) -> str:
    """Return the answer of a scenario."""
    default = questions()["ci"]["default"]
    return str(answers_of(scenario).get("ci", default))


@pytest.mark.parametrize(
    ("scenario", "gate"),
    [
        pytest.param(scenario, gate, id=f"{scenario.stem}-{gate.name}")
        for scenario in SCENARIOS
        for gate in CI[system(scenario)]
    ],
)
def test_the_ci_of_a_scenario_passes(
    scenario: Path, gate: Gate, render: Renderer, passes: Passes
) -> None:
    passes(gate.name, gate.judge(render(answers_of(scenario)).path), gate.floor)


@pytest.mark.parametrize("gate", CI["github"], ids=lambda gate: gate.name)
def test_the_ci_of_this_repository_passes(gate: Gate, passes: Passes) -> None:
    passes(f"{gate.name} (own)", gate.judge(ROOT), gate.floor)


def test_every_answer_has_a_scenario() -> None:
    assert {system(scenario) for scenario in SCENARIOS} == set(CI)
    assert set(CI) == set(questions()["ci"]["choices"].values())


DEFECTS = [
    ("actionlint", WORKFLOW, "runs-on: ubuntu-24.04", "runs-on: ubuntu-1", "unknown"),
    ("actionlint", WORKFLOW, "github.ref", "github.reff", "reff"),
    ("actionlint", PROPOSAL, "BODY: ${{ github", "BODY: ${{ gith", "undefined variable"),
    ("zizmor", WORKFLOW, "permissions: {}", "permissions: write-all", "excessive-permissions"),
    ("zizmor", WORKFLOW, "persist-credentials: false", "clean: true", "artipacked"),
    ("zizmor", WORKFLOW, "@1af3b93b6815bc44a9784bd300feb67ff0d1eeb3", "@v6", "unpinned-uses"),
    ("zizmor", PROPOSAL, 'view "$BRANCH"', "view ${{ github.ref_name }}", "template-injection"),
    ("gitlab_schema", PIPELINE, "interruptible: true", "interruptable: true", "interruptable"),
    ("gitlab_schema", PIPELINE, "script:", "steps:", "'steps' was unexpected"),
    ("full_history", WORKFLOW, "fetch-depth: 0", "fetch-depth: 1", "ci.yaml: test: a checkout"),
    ("full_history", WORKFLOW, "fetch-depth: 0", "clean: true", "ci.yaml: test: a checkout"),
    ("full_history", PIPELINE, 'GIT_DEPTH: "0"', 'GIT_DEPTH: "50"', "test: a checkout"),
    ("full_history", PIPELINE, 'GIT_DEPTH: "0"', 'GIT_TRACE: "0"', "test: a checkout"),
    ("time_limits", WORKFLOW, "timeout-minutes: 20", "continue-on-error: false", "no time limit"),
    ("time_limits", PROPOSAL, "timeout-minutes: 5", "continue-on-error: false", "no time limit"),
    ("time_limits", PIPELINE, "timeout: 20 minutes", "allow_failure: false", "no time limit"),
]


@pytest.mark.parametrize(("gate", "name", "old", "new", "expected"), DEFECTS)
def test_a_planted_defect_is_found(
    gate: str, name: str, old: str, new: str, expected: str, render: Renderer, tmp_path: Path
) -> None:
    answers = {"ci": "gitlab" if name == PIPELINE else "github"}
    project = render(answers).copy(tmp_path / "project").path
    assert GATES[gate].judge(project).problems == []
    text = (project / name).read_text("utf-8")
    assert old in text, f"{name} does not hold {old}"
    (project / name).write_text(text.replace(old, new), "utf-8")
    found = GATES[gate].judge(project).problems
    assert any(expected in line for line in found), found


def test_every_gate_has_a_planted_defect() -> None:
    assert {gate for gate, *_ in DEFECTS} == set(GATES)
