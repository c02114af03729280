"""One list of commands: on the command line, in the Makefile, and in what both say of them."""

import os
import re
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from slipway import cli
from slipway.cli import calls
from slipway.cli.command import Command
from slipway.cli.commands import COMMANDS
from tests.engine.kit import TEMPLATE

MAKEFILES = (TEMPLATE / "Makefile", TEMPLATE / "clusters" / "cluster.mk.jinja")
TARGET = re.compile(r"^(?P<name>[a-z-]+):(?!=).*?(?:## (?P<purpose>.*))?$")
CALL = re.compile(r"\$\(SLIPWAY\) (?P<command>\S+)(?P<rest>.*)")
BY_NAME = {command.name: command for command in COMMANDS}


class Target(NamedTuple):
    """A target of make: its help, and the lines that it runs."""

    purpose: str
    recipe: list[str]


def targets(text: str) -> dict[str, Target]:
    """Return the targets of a Makefile by name."""
    found: dict[str, Target] = {}
    name = ""
    for line in text.splitlines():
        if match := TARGET.match(line):
            name = match["name"]
            found[name] = Target(match["purpose"] or "", [])
        elif line.startswith("\t") and name:
            found[name].recipe.append(line.strip())
    return found


def of_make() -> dict[str, Target]:
    return {
        name: target for path in MAKEFILES for name, target in targets(path.read_text()).items()
    }


def wrong_calls(listed: dict[str, Target]) -> list[str]:
    """Return the targets that call a command of another name than their own."""
    return [
        f"{name} calls {match['command']}"
        for name, target in listed.items()
        for line in target.recipe
        if (match := CALL.search(line)) and match["command"] != name
    ]


def other_words(listed: dict[str, Target]) -> list[str]:
    """Return the targets that say something else than the command which is all they run."""
    return [
        name
        for name, target in listed.items()
        if name in BY_NAME
        and len(target.recipe) == 1
        and not re.match(re.escape(BY_NAME[name].purpose) + r"(?![\w'-])", target.purpose)
    ]


def slipway(*words: str, directory: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as users do, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "slipway", *words],
        cwd=directory,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_help_lists_every_command_with_its_purpose(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert ended.value.code == 0
    for command in COMMANDS:
        assert f"{command.name} {command.purpose}" in text


@pytest.mark.parametrize("name", BY_NAME)
def test_every_command_has_a_help_of_its_own(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert ended.value.code == 0
    assert BY_NAME[name].purpose in text
    for option in BY_NAME[name].options:
        assert option in text


def test_every_command_is_a_target_of_make_that_calls_it() -> None:
    calling = {
        name
        for name, target in of_make().items()
        if any((match := CALL.search(line)) and match["command"] == name for line in target.recipe)
    }
    assert calling == set(BY_NAME)


def test_no_target_calls_a_command_of_another_name() -> None:
    assert wrong_calls(of_make()) == []


def test_make_says_of_a_command_what_the_command_line_says() -> None:
    assert other_words(of_make()) == []


def test_every_target_that_calls_a_command_is_explained() -> None:
    assert [name for name in BY_NAME if not of_make()[name].purpose] == []


def test_a_target_that_calls_another_command_would_be_seen() -> None:
    text = "train: .venv/ready ## train\n\t@$(SLIPWAY) gate $(AT)\n"
    assert wrong_calls(targets(text)) == ["train calls gate"]


def test_a_target_with_other_words_would_be_seen() -> None:
    text = "gate: .venv/ready ## compare the candidates\n\t@$(SLIPWAY) gate\n"
    assert other_words(targets(text)) == ["gate"]


def test_where_is_passed_on_by_exactly_the_targets_whose_command_takes_it() -> None:
    passing = {
        name for name, target in of_make().items() if any("$(AT)" in line for line in target.recipe)
    }
    assert passing == {command.name for command in COMMANDS if command.anywhere}


@pytest.mark.parametrize(
    "words",
    [
        *("promote --to moon", "rollback --env moon", "serve --env moon", "monitor --env moon"),
        "score --env moon",
    ],
)
def test_an_environment_that_is_not_known_is_one_sentence(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(words.split()) == 1
    said = capsys.readouterr()
    sentence = "error: There is no environment 'moon': choose one of dev, staging, prod.\n"
    assert (said.out, said.err) == ("", sentence)


@pytest.mark.parametrize("words", ["gate", "serve --env dev", "data-dictionary"])
def test_outside_a_project_a_command_is_one_sentence(words: str, tmp_path: Path) -> None:
    ended = slipway(*words.split(), directory=tmp_path, PROJECT_ROOT=str(tmp_path))
    assert (ended.returncode, ended.stdout) == (1, "")
    path = tmp_path / "pyproject.toml"
    assert ended.stderr == f"error: {path} is missing: run this in a project's root.\n"


@pytest.mark.parametrize("words", ["", "fly", "promote", "serve --port x"])
def test_words_that_are_no_command_end_with_2(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words.split())
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: slipway")


@pytest.mark.parametrize(
    "text", ["morgen", "2024-W05-3", "2024W053", "20240131", "2024-02-30", "\uff12024-01-31", ""]
)
def test_a_word_that_is_no_day_is_one_sentence(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["train", "--as-of", text]) == 1
    assert capsys.readouterr().err == f"error: {text!r} is no day: write it as 2024-01-31.\n"


def test_a_command_that_did_its_work_ends_with_0(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["data-dictionary"]) == 0
    assert (project / "docs" / "data-dictionary.md").is_file()
    assert capsys.readouterr().err == ""


def test_ctrl_c_is_one_sentence_and_ends_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    patched = Command("demo", "play", interrupted)
    monkeypatch.setattr(cli, "COMMANDS", (patched,))
    assert cli.main(["demo"]) == 130
    assert capsys.readouterr().err.startswith("error: interrupted; run the same command again")


def test_a_reader_that_has_seen_enough_is_no_error(project: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as gone:
        ended = subprocess.run(
            [sys.executable, "-m", "slipway", "data-dictionary"],
            cwd=project,
            stdout=gone,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (ended.returncode, ended.stderr) == (128 + signal.SIGPIPE, "")


def test_train_without_a_day_takes_the_end_of_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    days: list[date] = []
    monkeypatch.setattr("slipway.training.local.run", days.append)
    assert cli.main(["train"]) == 0
    assert cli.main(["train", "--as-of", "2024-05-01"]) == 0
    assert days == [date(2024, 6, 30), date(2024, 5, 1)]


def test_every_call_is_that_of_a_command() -> None:
    listed = {command.call for command in COMMANDS} | {command.elsewhere for command in COMMANDS}
    defined = {
        value
        for value in vars(calls).values()
        if callable(value) and getattr(value, "__module__", "") == calls.__name__
    }
    assert defined <= listed
