"""From what an environment serves one can walk back to data and code."""

from collections.abc import Callable
from pathlib import Path

import pytest

from slipway import bundle, command, lineage, release
from slipway.errors import ProjectError
from slipway.registry import Version


def test_the_walk_leads_from_the_prediction_to_the_snapshot(
    ship: Callable[[int], Version], repository: Path
) -> None:
    version = ship(20)
    manifest = bundle.read_manifest(release.fetch("prod")[1])
    links = {step.what: step.value for step in lineage.walk("prod")}
    assert links["prediction"] == f"model {version.model_digest}"
    assert links["release"].endswith(f"release(prod): {version.name} v{version.number}")
    assert links["run"] == version.run_id
    assert links["pipeline"].startswith("not compiled")
    assert "trace" not in links  # what nobody traced says none
    assert links["snapshot"].startswith(manifest.snapshot.digest)
    assert manifest.training.start in links["training"]


def test_the_walk_names_the_trace_of_the_training() -> None:
    (step,) = lineage.trace_step("ab" * 16)
    assert step.look == f"make trace ID={step.value}"


def test_the_commands_of_the_walk_ask_the_same_cluster(
    ship: Callable[[int], Version], capsys: pytest.CaptureFixture[str], repository: Path
) -> None:
    ship(20)
    lineage.main("prod", "kind")
    shown = [line.strip() for line in capsys.readouterr().out.splitlines()]
    (training,) = [line for line in shown if line.startswith("make ")]
    assert training.endswith(" WHERE=kind")


def test_without_a_release_there_is_nothing_to_walk(repository: Path) -> None:
    with pytest.raises(ProjectError, match="dev has released nothing yet"):
        lineage.walk("dev")


def test_a_link_that_does_not_fit_is_an_error(
    ship: Callable[[int], Version], repository: Path
) -> None:
    ship(20)
    _, directory = release.fetch("prod")
    for path in directory.iterdir():
        path.unlink()
    file = repository / "environments" / "prod" / "release.yaml"
    text = file.read_text()
    running = release.released("prod")
    assert running is not None
    file.write_text(text.replace(running.model_digest, "a" * 64))
    with pytest.raises(ProjectError, match="was released from another registry"):
        lineage.walk("prod")


def _code(source: str, repository: Path) -> tuple[str, str]:
    """Return the last link for a model of the code that `source` names."""
    step = lineage.code_step(source)
    return step.value, step.look


def test_the_command_for_the_code_works(git: Callable[..., str], repository: Path) -> None:
    commit = git("rev-parse", "HEAD")
    value, look = _code(commit, repository)
    assert value == commit
    assert command.output(["sh", "-c", look], repository).startswith(f"commit {commit}")


def test_the_command_for_code_with_changes_works(git: Callable[..., str], repository: Path) -> None:
    commit = git("rev-parse", "HEAD")
    value, look = _code(f"{commit}-dirty", repository)
    assert value == f"{commit}-dirty"
    assert look.endswith("# the rest was not committed")
    assert command.output(["sh", "-c", look], repository).startswith(f"commit {commit}")


def test_a_commit_that_is_not_here_gets_no_command_that_fails(repository: Path) -> None:
    assert _code("c" * 40, repository)[1] == "not a commit of this clone: try `git fetch`"


def test_a_release_that_is_not_committed_is_not_said_to_be_of_a_commit(
    ship: Callable[[int], Version], passed: Callable[..., Version], repository: Path
) -> None:
    ship(2)
    passed(3)
    release.promote("dev")
    text = (repository / "environments" / "dev" / "release.yaml").read_text()
    (repository / "environments" / "prod" / "release.yaml").write_text(text)
    with pytest.raises(ProjectError, match=r"prod/release\.yaml .* not committed"):
        lineage.walk("prod")
