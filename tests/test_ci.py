"""The CI of every scenario runs, ends in time and sees all commits; each gate finds a defect."""

import os
import re
import subprocess
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


def changed(tmp_path: Path, name: str) -> str:
    """Return what `.ci/compute` prints where a branch has changed one file; make is a stand-in."""
    tree, program = tmp_path / "tree", tmp_path / "bin" / "make"
    for path, text in ((program, '#!/bin/sh\necho "$@"\n'), (tree / ".ci/compute", COMPUTE)):
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")
        path.chmod(0o755)

    def git(*words: str) -> None:
        own = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *own, *words], cwd=tree, check=True, capture_output=True)

    git("init", "--quiet", "--initial-branch=main")
    git("add", "--all")
    git("commit", "--quiet", "--message", "first")
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    (tree / name).write_text("changed\n", "utf-8")
    git("add", "--all")
    git("commit", "--quiet", "--message", "second")
    variables = os.environ | {"PATH": f"{program.parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        [tree / ".ci/compute"], check=True, capture_output=True, text=True, env=variables
    )
    return done.stdout.strip()


COMPUTE = (ROOT / ".ci/compute").read_text("utf-8")
COVERED = [
    "template/components/queues/clusterqueue.yaml.jinja",
    "template/#{ gcp }#/components/gpu-nodes/kustomization.yaml",
    "template/src/slipway/queues/job.py",
    "tests/e2e/compute/test_queues.py",
]


@pytest.mark.parametrize("name", COVERED)
def test_what_the_tests_of_compute_cover_lets_them_run(name: str, tmp_path: Path) -> None:
    assert (ROOT / name).is_file()
    assert changed(tmp_path, name) == "--no-print-directory e2e PART=compute"


@pytest.mark.parametrize("name", ["README.md", "template/src/slipway/serve/api.py"])
def test_what_they_do_not_cover_lets_them_rest(name: str, tmp_path: Path) -> None:
    assert changed(tmp_path, name).startswith("==> nothing")


def test_every_place_that_they_cover_is_there() -> None:
    lines = re.findall(r"^  (\S+)$", COMPUTE.partition("covered=(")[2].partition("\n)")[0], re.M)
    words = subprocess.run(
        ["bash", "-c", f"printf '%s\\n' {' '.join(lines)}"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    assert len(words) >= 15
    assert [word for word in words if not (ROOT / word).exists()] == []
