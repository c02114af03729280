"""Every object that a project brings into a cluster keeps the rules, in every scenario."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit import checkov_run, manifests
from tests.kit.gates import Findings, Gate
from tests.kit.manifest_gates import MANIFESTS
from tests.kit.manifest_rights import RIGHTS
from tests.kit.project import SCENARIOS, Project, Renderer, answers_of

Passes = Callable[[str, Findings, int], None]


@pytest.fixture(params=SCENARIOS, ids=lambda path: path.stem)
def project(request: pytest.FixtureRequest, render: Renderer) -> Project:
    return render(answers_of(request.param))


@pytest.mark.parametrize("gate", [*MANIFESTS, *RIGHTS], ids=lambda gate: gate.name)
def test_every_object_passes(gate: Gate, project: Project, passes: Passes) -> None:
    passes(gate.name, gate.judge(project.path), gate.floor)


def test_checkov_finds_nothing(
    render: Renderer, tmp_path: Path, count: Callable[[str, int, int], None]
) -> None:
    shapes: dict[str, list[manifests.Built]] = {}  # it takes long, and names change nothing
    for scenario in SCENARIOS:
        objects = manifests.applied(render(answers_of(scenario)).path)
        shapes.setdefault(checkov_run.shape(objects), objects)
    for number, objects in enumerate(shapes.values()):
        (tmp_path / str(number)).mkdir()
        report = checkov_run.run(objects, tmp_path / str(number))
        count("checkov", report.executed, 350)  # minimal has few objects, standard twice as many
        assert not report.failed, "\n".join(report.failed)
    assert len(checkov_run.SKIPPED) <= 5
    assert len(shapes) <= 2, "scenarios differ in more than their names"


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
