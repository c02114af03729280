import subprocess
from pathlib import Path

import pytest

from slipway.demo import stage
from slipway.errors import ProjectError
from slipway.logs import span
from tests.engine.kit import TEMPLATE


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "a project"
    (root / "var").mkdir(parents=True)
    (root / "var" / "mlflow.db").write_text("not to be copied")
    (root / ".gitignore").write_text("var/\n")
    (root / "README.md").write_text("# a project\n")
    return root


def test_the_copy_holds_what_git_would_track(project: Path, tmp_path: Path) -> None:
    built = stage.build(project, tmp_path / "stage")

    names = {path.name for path in built.root.iterdir()}
    assert names == {".git", ".gitignore", "README.md"}


def test_the_project_itself_is_left_alone(project: Path, tmp_path: Path) -> None:
    stage.build(project, tmp_path / "stage")

    assert not (project / ".git").exists()


def test_an_uncommitted_change_is_copied_too(project: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(project)], check=True)
    (project / "README.md").write_text("# changed\n")

    built = stage.build(project, tmp_path / "stage")

    assert (built.root / "README.md").read_text() == "# changed\n"
    assert built.log() == ["chore: copy the project"]


def test_a_second_build_starts_afresh(project: Path, tmp_path: Path) -> None:
    built = stage.build(project, tmp_path / "stage")
    (built.root / "left-over.txt").write_text("from a killed run")

    stage.build(project, tmp_path / "stage")

    assert not (built.root / "left-over.txt").exists()


def test_the_copy_never_talks_to_the_servers_of_the_shell(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")

    built = stage.build(project, tmp_path / "stage")

    assert "MLFLOW_TRACKING_URI" not in built.environment


def test_a_failing_command_is_told_in_its_own_words(project: Path, tmp_path: Path) -> None:
    (project / "src").mkdir()
    (project / "src" / "slipway").symlink_to(TEMPLATE / "src" / "slipway")
    built = stage.build(project, tmp_path / "stage")

    with pytest.raises(ProjectError, match="invalid choice: 'no-such-command'"):
        built.run("no-such-command")


def test_the_copy_has_released_nothing(project: Path, tmp_path: Path) -> None:
    released = project / "environments" / "prod" / "release.yaml"
    released.parent.mkdir(parents=True)
    released.write_text("data:\n  model-version: '7'\n")

    built = stage.build(project, tmp_path / "stage")

    assert built.release("prod") == {}


def test_commands_of_the_copy_are_parts_of_what_goes_on(project: Path, tmp_path: Path) -> None:
    built = stage.build(project, tmp_path / "stage")
    month = span.begin("loop", None)
    with span.entered(month):
        assert built.environment["TRACEPARENT"] == month.context.header()
