"""Answers are data: each is refused with one sentence, or comes out as it went in."""

import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from hooks.check_answers import problems
from hooks.template import ROOT, environment, questions
from tests.kit.gates import texts
from tests.kit.hostile import STRINGS
from tests.kit.project import SCENARIOS, Renderer, answers_of, render_to
from tests.kit.values import parse, substitute

Count = Callable[[str, int, int], None]
Marked = tuple[Path, dict[str, str]]

INVALID = sorted((ROOT / "tests/scenarios/invalid").glob("*.yml"))
MARKERS = {  # one word for each question that takes free text, found in a render by search
    "project_name": "marked-project",
    "description": "Markeddescription",
    "package_name": "marked_package",
    "team": "Markedteam",
    "contact": "marked@contact.example",
    "registry": "marked.registry",
    "git_url": "https://marked.git/url",
}


def expected(scenario: Path) -> str:
    """Return the sentence on the second line of an invalid scenario."""
    return scenario.read_text("utf-8").splitlines()[1].removeprefix("# ")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_a_scenario_is_accepted(scenario: Path) -> None:
    assert problems(answers_of(scenario)) == []


@pytest.mark.parametrize("scenario", INVALID, ids=lambda path: path.stem)
def test_an_invalid_scenario_is_refused_with_its_sentence(scenario: Path) -> None:
    assert expected(scenario) in problems(answers_of(scenario))


@pytest.mark.parametrize("scenario", INVALID, ids=lambda path: path.stem)
def test_copier_itself_says_the_same_and_writes_nothing(
    scenario: Path, render: Renderer, tmp_path: Path
) -> None:
    name, _, sentence = expected(scenario).partition(": ")
    if sentence.startswith(("There is no", "Write ", "Choose one")):
        return  # Copier accepts or words these differently, the reason why the check exists
    with pytest.raises(ValueError, match=name) as refusal:
        render_to(render.template(), tmp_path / "project", answers_of(scenario))
    assert str(refusal.value) == f"Validation error for question '{name}': {sentence}"
    assert not (tmp_path / "project").exists()


def test_there_are_enough_invalid_scenarios(count: Count) -> None:
    count("invalid scenarios", len(INVALID), 25)
    asked = {name for name, details in questions().items() if details.get("when") is not False}
    assert {expected(path).partition(":")[0] for path in INVALID} >= asked


@pytest.mark.parametrize(
    ("team", "slug"),
    [
        ("Rail Operations", "rail-operations"),
        ("D'Or & Sons (EU)", "d-or-sons-eu"),
        ("A" * 60, "a" * 40),
        ("Équipe Ω", "night-trains"),
    ],
)
def test_what_is_not_answered_follows_the_name_of_the_team(
    team: str, slug: str, render: Renderer
) -> None:
    answers = {"project_name": "night-trains", "team": team}
    assert problems(answers) == []
    recorded = answers_of(render(answers).path / ".copier-answers.yml")
    assert recorded["contact"] == f"{slug}@example.com"
    assert recorded["registry"] == f"registry.example.com/{slug}"
    assert recorded["git_url"] == f"https://git.example.com/{slug}/night-trains.git"


@pytest.mark.parametrize(
    ("git_url", "page"),
    [
        ("https://git.example.com/rail/late.git", "https://git.example.com/rail/late/blob/main/"),
        ("https://h.example.com:8443/rail/late", "https://h.example.com:8443/rail/late/blob/main/"),
        ("ssh://git@h.example.com:2222/a/late.git", "https://h.example.com/a/late/blob/main/"),
        (
            "ssh://git@gitlab.example.com/a/late.git",
            "https://gitlab.example.com/a/late/-/blob/main/",
        ),
        ("https://h.example.com/gitlab/late.git", "https://h.example.com/gitlab/late/blob/main/"),
    ],
)
def test_a_link_to_a_runbook_is_the_address_of_a_browser(
    git_url: str, page: str, render: Renderer
) -> None:
    project = render({"git_url": git_url}).path
    text = (project / "components/workflows/gate.yaml").read_text("utf-8")
    assert f"runbook_url: {page}components/workflows/runbooks/gate.md\n" in text
    assert "browse_url" not in answers_of(project / ".copier-answers.yml")


def accepted(name: str) -> list[str]:
    """Return the hostile strings that a question takes."""
    return [text for text in STRINGS if not problems({**MARKERS, name: text})]


def test_a_refusal_is_one_sentence(count: Count) -> None:
    refused = [
        sentence
        for name in MARKERS
        for text in STRINGS
        for sentence in problems({**MARKERS, name: text})
    ]
    count("hostile answers refused", len(refused), 700)
    assert all("\n" not in sentence and sentence.endswith(".") for sentence in refused)


def test_an_answer_that_is_read_as_something_else_is_found(marked: Marked, tmp_path: Path) -> None:
    template, before = marked
    answers = MARKERS | {"team": "on"}
    render_to(template, tmp_path / "project", answers)
    path = tmp_path / "project/objectives.yaml"
    path.write_text(path.read_text("utf-8").replace('"on"', "on"), "utf-8")
    assert differences(before, answers, tmp_path / "project") == ["objectives.yaml"]


def only_tagged(template: Path, destination: Path) -> Path:
    """Copy the part of the template that depends on answers."""
    for path in template.rglob("*"):
        name = path.relative_to(template)
        if path.is_file() and (name.parts[0] != "template" or path.suffix == ".jinja"):
            (destination / name).parent.mkdir(parents=True, exist_ok=True)
            (destination / name).write_bytes(path.read_bytes())
    return destination


def browsed(git_url: str) -> str:
    """Return where a browser finds files of the repository, which the template derives."""
    default = questions()["browse_url"]["default"]
    return environment().from_string(default).render(git_url=git_url)


def shortened(marked: dict[str, str], answers: Mapping[str, str]) -> dict[str, str]:
    """Return the ids of dashboards, which hold the beginning of a name, for those of the marker."""
    marker, name = (given["project_name"][:30] for given in (MARKERS, answers))
    dashboards = [text for path, text in marked.items() if path.endswith("dashboard.json")]
    uids = [json.loads(text)["uid"] for text in dashboards]
    return {uid: uid.replace(marker, name) for uid in uids}


def differences(marked: dict[str, str], answers: Mapping[str, str], project: Path) -> list[str]:
    """Name each file of a project that does not hold the answers as they were given."""
    words = {browsed(MARKERS["git_url"]): browsed(answers["git_url"])}
    words |= shortened(marked, answers)
    words |= {MARKERS[name]: value for name, value in answers.items()}
    words["marked_project"] = answers["project_name"].replace("-", "_")  # names of databases
    wanted = {substitute(name, words): (name, text) for name, text in marked.items()}
    found = dict(texts(project))
    different = []
    for path in sorted(wanted.keys() | found):
        name, text = wanted.get(path, ("", ""))
        if found.get(path) == text == substitute(text, words):
            continue
        if path not in found or parse(path, found[path]) != substitute(parse(name, text), words):
            different.append(path)
    return different


@pytest.fixture(scope="module")
def marked(render: Renderer, tmp_path_factory: pytest.TempPathFactory) -> Marked:
    """The tagged part of the template, and its files when every answer is its marker."""
    directory = tmp_path_factory.mktemp("marked")
    template = only_tagged(render.template(), directory / "slipway")
    render_to(template, directory / "project", MARKERS)
    return template, dict(texts(directory / "project"))


@pytest.mark.parametrize("quarter", range(4))
def test_an_accepted_answer_comes_out_equal_in_every_file(
    quarter: int, marked: Marked, tmp_path: Path, count: Count
) -> None:
    template, before = marked
    taken = {name: accepted(name) for name in MARKERS}
    rows = list(itertools.zip_longest(*taken.values()))[quarter::4]
    for n, row in enumerate(rows):
        answers = {name: text or MARKERS[name] for name, text in zip(taken, row, strict=True)}
        render_to(template, tmp_path / str(n), answers)
        assert differences(before, answers, tmp_path / str(n)) == [], answers
    count("hostile answers accepted", sum(text is not None for row in rows for text in row), 15)
    assert not list(tmp_path.rglob("PWNED"))


@pytest.mark.parametrize("name", ["unicode", "yaml-words", "longest-names", "shortest-names"])
def test_a_scenario_of_odd_answers_comes_out_equal(
    name: str, marked: Marked, tmp_path: Path
) -> None:
    template, before = marked
    answers = MARKERS | answers_of(ROOT / f"tests/scenarios/{name}.yml")
    render_to(template, tmp_path / "project", answers)
    assert differences(before, answers, tmp_path / "project") == []


def test_the_answers_file_stays_readable(render: Renderer) -> None:
    answers = answers_of(ROOT / "tests/scenarios/unicode.yml")
    text = (render(answers).path / ".copier-answers.yml").read_text("utf-8")
    assert "航班" in text
    assert "Équipe Ω" in text


def test_the_command_prints_a_line_for_each_bad_answer(tmp_path: Path) -> None:
    (tmp_path / "answers.yml").write_text("teem: x\nteam: $(touch PWNED)\nprofile: [minimal]\n")
    command = [sys.executable, "-m", "hooks.check_answers", str(tmp_path / "answers.yml")]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    lines = result.stderr.splitlines()
    assert result.returncode == 1
    assert [line.split(":")[:2] for line in lines] == [
        ["error", f" {name}"] for name in ("teem", "team", "profile")
    ]
    assert list(tmp_path.iterdir()) == [tmp_path / "answers.yml"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff", "is not YAML in UTF-8"),
        (b"a: [", "is not YAML in UTF-8"),
        (b"team: a\x00b", "is not YAML in UTF-8"),
        (b"[" * 3000, "is not YAML in UTF-8"),
        (b"- team", "must hold one 'name: value' a line"),
        (b"", "must hold one 'name: value' a line"),
    ],
)
def test_a_file_that_is_no_answers_file_is_one_sentence(
    content: bytes, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from hooks.check_answers import main

    path = tmp_path / "answers.yml"
    path.write_bytes(content)
    assert main([str(path)]) == 1
    assert sentence in capsys.readouterr().err
