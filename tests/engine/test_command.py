"""Other programs: whose repository a Git works in, and how a failure is told."""

import os
import signal
import sys
from pathlib import Path

import pytest

from slipway import command
from slipway.errors import ProjectError

FAILS = "import sys; print('to stdout'); print({!r}, file=sys.stderr); sys.exit(3)"
WAIT_FOR_EVER = "import signal; signal.pause()"
ASK_FOR_ITS_ROOT = """
import sys
from pathlib import Path
from slipway import command
print(command.output(["git", "rev-parse", "--show-toplevel"], Path({!r})), file=sys.stderr)
"""


@pytest.fixture(autouse=True)
def no_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests out of them."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def repositories(tmp_path: Path) -> tuple[Path, Path]:
    """Return two repositories with a commit in each."""
    paths = tmp_path / "asked for", tmp_path / "of the hook"
    identity = ["-c", "user.name=Jo Doe", "-c", "user.email=jo@example.com"]
    for path in paths:
        command.output(["git", "init", "--quiet", path])
        begin = ["commit", "--quiet", "--allow-empty", "--message", "chore: begin"]
        command.output(["git", *identity, *begin], path)
    return paths


def as_in_a_hook(repository: Path) -> dict[str, str]:
    """Return the variables of Git that lead to a repository."""
    return {
        "GIT_DIR": str(repository / ".git"),
        "GIT_INDEX_FILE": str(repository / ".git" / "index"),
        "GIT_OBJECT_DIRECTORY": str(repository / ".git" / "objects"),
        "GIT_PREFIX": "elsewhere/",
        "GIT_WORK_TREE": str(repository),
    }


def test_a_git_works_in_its_directory_whatever_a_hook_has_set(
    repositories: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, other = repositories
    for name, value in as_in_a_hook(other).items():
        monkeypatch.setenv(name, value)
    (asked / "file").write_text("content")
    command.output(["git", "add", "file"], asked)
    root = command.output(["git", "rev-parse", "--show-toplevel"], asked)
    assert root == f"{asked}\n"
    assert command.output(["git", "ls-files"], asked) == "file\n"
    assert command.output(["git", "ls-files"], other) == ""


def test_a_git_with_an_environment_of_its_own_does_not_see_a_hook_either(
    repositories: tuple[Path, Path],
) -> None:
    asked, other = repositories
    environment = os.environ | as_in_a_hook(other)
    ended = command.run(["git", "rev-parse", "--show-toplevel"], asked, environment)
    assert (ended.returncode, ended.stdout) == (0, f"{asked}\n")


def test_a_real_hook_can_ask_another_repository(repositories: tuple[Path, Path]) -> None:
    asked, other = repositories
    script = other / "ask.py"
    script.write_text(ASK_FOR_ITS_ROOT.format(str(asked)))
    hook = other / ".git" / "hooks" / "pre-commit"
    hook.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}"\n')
    hook.chmod(0o755)
    identity = ["-c", "user.name=Jo Doe", "-c", "user.email=jo@example.com"]
    commit = ["git", *identity, "commit", "--allow-empty", "--message", "chore: go on"]
    ended = command.run(commit, other)
    assert (ended.returncode, ended.stderr.strip()) == (0, str(asked))


def test_all_that_git_calls_local_is_kept_from_it_but_settings_of_a_container() -> None:
    variables = command.output(["git", "rev-parse", "--local-env-vars"]).split()
    assert set(variables) - command.GIT_LOCAL_VARIABLES == {"GIT_CONFIG_COUNT"}


def test_what_a_hook_was_told_reaches_no_program_that_may_call_git_itself(
    repositories: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, other = repositories
    for name, value in as_in_a_hook(other).items():
        monkeypatch.setenv(name, value)
    root = command.output(["sh", "-c", "git rev-parse --show-toplevel"], asked)
    assert root == f"{asked}\n"


def test_settings_that_the_caller_of_a_hook_gave_do_not_reach_a_git(
    repositories: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'user.name'='Somebody Else'")
    assert command.run(["git", "config", "user.name"], repositories[0]).stdout == ""


def test_settings_that_are_given_as_variables_reach_a_git(
    repositories: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "safe.directory")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "/repository")
    settings = command.output(["git", "config", "--get-all", "safe.directory"], repositories[0])
    assert settings == "/repository\n"


def test_a_git_still_sees_who_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Jo Doe")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "jo@example.com")
    author = command.output(["git", "var", "GIT_AUTHOR_IDENT"])
    assert author.startswith("Jo Doe <jo@example.com> ")


def test_what_a_program_prints_is_returned() -> None:
    assert command.output(["cat"], stdin="Straße\n") == "Straße\n"


def test_a_missing_program_is_told_in_one_sentence() -> None:
    with pytest.raises(ProjectError) as told:
        command.output(["no-such-program", "--help"])
    assert str(told.value) == "no-such-program is missing: install it and try again."


def test_a_missing_directory_is_not_taken_for_a_missing_program(tmp_path: Path) -> None:
    with pytest.raises(ProjectError) as told:
        command.output(["git", "status"], tmp_path / "nowhere")
    nowhere = tmp_path / "nowhere"
    assert str(told.value) == f"{nowhere} is no directory, `git status` cannot run there."


def test_a_failing_program_is_told_with_what_it_said_last() -> None:
    with pytest.raises(ProjectError) as told:
        command.output([sys.executable, "-c", FAILS.format("disk full")])
    assert str(told.value).startswith(f"`{sys.executable} -c import sys;")
    assert str(told.value).endswith("` failed: to stdout\ndisk full")


def test_of_a_long_complaint_the_last_lines_are_told() -> None:
    with pytest.raises(ProjectError) as told:
        command.output(["sh", "-c", "seq 100; exit 1"])
    assert str(told.value) == "`sh -c seq 100; exit 1` failed: 96\n97\n98\n99\n100"


def test_what_kubectl_logs_of_its_errors_is_left_out() -> None:
    lines = "E0501 12:00:00.000000 memcache.go:265] no route\nThe connection was refused"
    with pytest.raises(ProjectError) as told:
        command.output([sys.executable, "-c", FAILS.format(lines)])
    assert str(told.value).endswith("` failed: to stdout\nThe connection was refused")


def test_a_program_that_fails_silently_is_told_by_its_exit_code() -> None:
    with pytest.raises(ProjectError) as told:
        command.output(["false"])
    assert str(told.value) == "`false` failed: exit code 1"


def test_a_caller_of_run_looks_at_the_exit_code_itself() -> None:
    ended = command.run([sys.executable, "-c", FAILS.format("disk full")])
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "to stdout\n", "disk full\n")


def test_a_time_limit_is_told_in_one_sentence() -> None:
    with pytest.raises(ProjectError) as told:
        command.output([sys.executable, "-c", WAIT_FOR_EVER], seconds=0.2)
    words = f"{sys.executable} -c {WAIT_FOR_EVER}"
    assert str(told.value) == f"`{words}` has no answer after 0.2 s."


def test_a_program_that_took_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"has no answer after 0\.5 s"):
        command.run(["sh", "-c", "echo $$ > process; kill -STOP $$"], tmp_path, seconds=0.5)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "process").read_text()), signal.SIGCONT)
