"""Every object that a project brings into a cluster keeps the rules, in every scenario."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit import checkov_run, manifests
from tests.kit.gates import Findings, Gate
from tests.kit.manifest_gates import MANIFESTS
from tests.kit.manifest_readiness import READINESS
from tests.kit.manifest_rights import RIGHTS
from tests.kit.project import SCENARIOS, Project, Renderer, answers_of, has_cluster

CLUSTERED = [path for path in SCENARIOS if has_cluster(path)]
CHECKOV_FLOORS = {  # checks that must have been executed, by the first scenario of each shape
    "gitlab": 500,
    "minimal-serving": 350,
    "told-by-mail": 500,
    "without-workflows": 400,
}
Passes = Callable[[str, Findings, int], None]


@pytest.fixture(params=CLUSTERED, ids=lambda path: path.stem)
def project(request: pytest.FixtureRequest, render: Renderer) -> Project:
    return render(answers_of(request.param))


@pytest.mark.parametrize("gate", [*MANIFESTS, *READINESS, *RIGHTS], ids=lambda gate: gate.name)
def test_every_object_passes(gate: Gate, project: Project, passes: Passes) -> None:
    passes(gate.name, gate.judge(project.path), gate.floor)


def test_checkov_finds_nothing(
    render: Renderer, tmp_path: Path, count: Callable[[str, int, int], None]
) -> None:
    shapes: dict[str, tuple[str, list[manifests.Built]]] = {}  # it takes long; names change nothing
    for scenario in CLUSTERED:
        answers = answers_of(scenario)
        if "cloud" in answers:
            continue  # it adds no pod, and checkov has no check for its kinds
        objects = manifests.applied(render(answers).path)
        shapes.setdefault(checkov_run.shape(objects), (scenario.stem, objects))
    assert [name for name, _ in shapes.values()] == list(CHECKOV_FLOORS)
    for name, objects in shapes.values():
        (tmp_path / name).mkdir()
        report = checkov_run.run(objects, tmp_path / name)
        count(f"checkov ({name})", report.executed, CHECKOV_FLOORS[name])
        assert not report.failed, "\n".join(report.failed)


def test_what_checkov_skips_has_a_reason_and_an_owner() -> None:
    assert len(checkov_run.SKIPPED) <= 5
    for why in checkov_run.SKIPPED.values():
        assert re.fullmatch(r".{20,} \([a-z]+\)", why), why


def test_two_projects_share_nothing_but_what_is_once_a_cluster(render: Renderer) -> None:
    first, second = (
        {
            (built.group, built.kind, built.namespace, built.name)
            for built in manifests.applied(render(answers_of(scenario)).path)
            if not built.leaf.startswith((manifests.BOOTSTRAP, "clusters/"))
        }
        for scenario in SCENARIOS
        if scenario.stem in {"longest-names", "standard"}
    )
    assert len(first & second) == 0
