"""The answer `task`: an example for each, and no trace of the others."""

from pathlib import Path

import pytest
import yaml

from hooks.template import ROOT, files, load_yaml, questions
from tests.kit.project import Renderer

TASKS = list(questions()["task"]["choices"].values())
OWN = {  # what differs by task, each in its place
    "components/serving/monitoring/objectives.rules.yaml",
    "docs/data-dictionary.md",
    "objectives.yaml",
    "src/flight_delays/features.py",
    "src/flight_delays/outcome.py",
}
PANEL = "components/serving/monitoring/dashboard.json"  # one panel is about answers


def directory(task: str) -> Path:
    return ROOT / "template" / f"#{{ {task} }}#"


def test_every_task_has_the_same_files_of_its_own() -> None:
    for task in TASKS:
        plain = {
            name.replace("#{ package_name }#", "flight_delays") for name in files(directory(task))
        }
        assert {name.removesuffix(".jinja") for name in plain} == OWN


@pytest.mark.parametrize("task", TASKS)
def test_the_answer_is_the_task_of_the_objectives(task: str, render: Renderer) -> None:
    project = render({"profile": "standard", "task": task}).path
    told = load_yaml(project / "objectives.yaml")["task"]
    assert (told if isinstance(told, str) else told["name"]) == task
    assert load_yaml(project / ".copier-answers.yml")["task"] == task


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_only_the_files_of_the_task_differ(task: str, render: Renderer) -> None:
    standard, other = render({"profile": "standard"}).path, render({"task": task}).path
    assert files(standard) == files(other)
    differing = {
        name
        for name in files(other)
        if (standard / name).read_bytes() != (other / name).read_bytes()
    }
    telling = {".copier-answers.yml", "README.md", "docs/model-card.md", "pyproject.toml", PANEL}
    assert differing - OWN <= telling
    assert differing >= OWN


@pytest.mark.parametrize("task", TASKS)
def test_what_is_alike_in_all_objectives_is_the_same(task: str) -> None:
    def alike(name: str) -> dict[str, object]:
        text = (directory(name) / "objectives.yaml.jinja").read_text("utf-8")
        told = yaml.safe_load(text.replace("#{", "{").replace("}#", "}"))
        return {key: told[key] for key in ("owner", "limits", "training", "serving")}

    assert alike(task) == alike("binary")


@pytest.mark.parametrize("task", TASKS)
def test_the_description_is_that_of_the_task_unless_one_is_given(
    task: str, render: Renderer
) -> None:
    goal = load_yaml(render({"profile": "standard", "task": task}).path / "objectives.yaml")["goal"]
    words = {"binary": "which flights", "multiclass": "on time", "regression": "how many minutes"}
    assert words[task] in goal
    ours = render({"task": task, "description": "Ours."}).path
    assert load_yaml(ours / "objectives.yaml")["goal"] == "Ours."
