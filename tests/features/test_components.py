"""A component is one directory: its question bears its name, and off is that directory gone."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from hooks.template import load_yaml, questions
from tests.kit.agreement import AGREEMENT
from tests.kit.gates import Findings, Gate
from tests.kit.hygiene import HYGIENE
from tests.kit.manifest_gates import MANIFESTS
from tests.kit.manifest_readiness import READINESS
from tests.kit.manifest_rights import RIGHTS
from tests.kit.project import Project, Renderer, render_to
from tests.kit.rooms import ROOMS
from tests.kit.sizes import SIZES
from tests.kit.traces import traces

Passes = Callable[[str, Findings, int], None]

PARTS = {"mlflow", "kubeflow-pipelines", "argo-workflows"}  # every cluster of a project has them
SMALLEST = {"profile": "minimal", "serving": True}


def asked(known: dict[str, dict[str, Any]]) -> list[str]:
    """Return the components that a question turns on or off."""
    return [
        name
        for name, details in known.items()
        if details["type"] == "bool" and details.get("when") is not False
    ]


def unmatched(known: dict[str, dict[str, Any]], rooms: Iterable[str]) -> list[str]:
    """Return what is wrong between the questions and the directories of components/."""
    names, places = set(asked(known)), set(rooms)
    others = places - names - PARTS
    problems = [f"{name}: a question without a directory" for name in names - places]
    problems += [f"{name}: a directory without a question" for name in others]
    return sorted(problems + [f"{name}: is not there" for name in PARTS - places])


def rooms_of(directory: Path) -> set[str]:
    return {path.name for path in (directory / "components").iterdir()}


QUESTIONS = asked(questions())


def test_every_question_has_its_directory_and_every_directory_its_question(
    render: Renderer,
) -> None:
    assert len(QUESTIONS) >= 3
    assert unmatched(questions(), rooms_of(render.template() / "template")) == []


def test_a_component_of_a_choice_is_the_same_room_below_each_answer(render: Renderer) -> None:
    """`cloud` says which kind of nodes and not whether, so no room could bear its name."""
    clouds = [name for name in questions()["cloud"]["choices"].values() if name != "none"]
    template = render.template() / "template"
    places = {name: template / f"#{{ {name} }}#/components" for name in clouds}
    brought = {name: {room.name for room in place.iterdir()} for name, place in places.items()}
    assert brought == {name: {"gpu-nodes"} for name in clouds}


@pytest.mark.parametrize(
    ("rooms", "problem"),
    [
        ({"feature-store"}, "feature-store: a directory without a question"),
        (set(), "serving: a question without a directory"),
        (set(QUESTIONS), "mlflow: is not there"),
    ],
)
def test_a_directory_or_a_question_alone_is_found(rooms: set[str], problem: str) -> None:
    assert problem in unmatched(questions(), rooms)


def test_the_smallest_cluster_serves_and_has_what_every_cluster_has(render: Renderer) -> None:
    assert rooms_of(render(SMALLEST).path) == PARTS | {"serving"}


@pytest.mark.parametrize("name", QUESTIONS)
def test_off_takes_the_directory_away_and_leaves_no_trace(
    name: str, render: Renderer, standard: Project, passes: Passes
) -> None:
    without = render({name: False})
    gone = set(standard.files()) - set(without.files())
    assert {path for path in standard.files() if path.startswith(f"components/{name}/")} <= gone
    passes(f"traces of {name}", traces(without.path, gone), 40)


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_is_recorded_only_when_it_is_given(name: str, render: Renderer) -> None:
    answers = load_yaml(render({name: False}).path / ".copier-answers.yml")
    assert {room: answers[room] for room in QUESTIONS if room in answers} == {name: False}


def test_no_answer_is_recorded_while_the_profile_decides(standard: Project) -> None:
    assert load_yaml(standard.path / ".copier-answers.yml").keys().isdisjoint(QUESTIONS)


MADE_UP = {
    "questions/notices.yml": """\
notices:
  type: bool
  help: Should people be told of a release?
  when: "#{ notices is defined }#"
  default: false

_exclude:
  - |
    #% if notices is defined and notices is false %#
    /components/notices
    #% endif %#
""",
    "template/components/notices/configmap.yaml": """\
# Who is told.
apiVersion: v1
kind: ConfigMap
metadata:
  name: notices
data:
  to: everybody
""",
    "template/components/notices/kustomization.yaml.jinja": """\
# Tells people what was released.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: #{ project_name }#-pipelines
resources:
  - configmap.yaml
""",
}


@pytest.fixture(scope="module")
def made_up(render: Renderer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template with one more component: its question, its directory, its line in copier.yml."""
    template = tmp_path_factory.mktemp("made-up") / "slipway"
    shutil.copytree(render.template(), template)
    for name, text in MADE_UP.items():
        (template / name).parent.mkdir(parents=True, exist_ok=True)
        (template / name).write_text(text, "utf-8")
    with (template / "copier.yml").open("a") as file:
        file.write("---\n!include questions/notices.yml\n")
    return template


@pytest.fixture(scope="module")
def with_notices(made_up: Path) -> Path:
    render_to(made_up, made_up.parent / "on", {"notices": True})
    return made_up.parent / "on"


@pytest.mark.parametrize("gate", [*ROOMS, *SIZES], ids=lambda gate: gate.name)
def test_the_template_with_one_more_component_keeps_its_rules(
    gate: Gate, made_up: Path, passes: Passes
) -> None:
    passes(f"{gate.name} (one more component)", gate.judge(made_up), gate.floor)


@pytest.mark.parametrize(
    "gate", [*HYGIENE, *AGREEMENT, *MANIFESTS, *READINESS, *RIGHTS], ids=lambda gate: gate.name
)
def test_a_project_with_one_more_component_passes_every_gate(
    gate: Gate, with_notices: Path, passes: Passes
) -> None:
    passes(f"{gate.name} (one more component)", gate.judge(with_notices), gate.floor)


def test_one_more_component_adds_its_directory_and_off_it_changes_nothing(
    made_up: Path, with_notices: Path, standard: Project
) -> None:
    assert set(Project(with_notices, {}).files()) - set(standard.files()) == {
        "components/notices/configmap.yaml",
        "components/notices/kustomization.yaml",
    }
    render_to(made_up, made_up.parent / "off", {})
    assert Project(made_up.parent / "off", {}).files() == standard.files()


def test_one_more_component_has_its_question(made_up: Path) -> None:
    assert unmatched(questions(made_up), rooms_of(made_up / "template")) == []
