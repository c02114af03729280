"""A project with its own data is updated: fixes of the engine arrive, what is the user's stays."""

import csv
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.kit.project import Renderer
from tests.kit.venv import link_venv, make
from tests.kit.versions import commit, git, release, start, update

Count = Callable[[str, int, int], None]
OWN = ("source", "schema", "features", "model")
PACKAGE = "src/late_parcels"
ENGINE = "src/slipway"
SERVER_FIX = ("serve/failures.py", "MESSAGE_LENGTH_MAXIMUM = 500", "MESSAGE_LENGTH_MAXIMUM = 400")
MONITOR_FIX = ("monitor/baseline.py", "BINS = 20", "BINS = 25")
OUR_EDIT = ("serve/failures.py", "the client left.", "the client has left.")


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{path} holds {old} {text.count(old)} times"
    path.write_text(text.replace(old, new), "utf-8")


def parcels(path: Path) -> None:
    """Write half a year of parcels: what is far and handed over late arrives late, mostly."""
    path.parent.mkdir()
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["parcel", "handed over", "depot", "km", "late"])
        for number in range(6000):
            when = datetime(2024, 1, 1, 6) + timedelta(minutes=43 * number)
            far = number * 7919 % 1500
            late = int(far + 400 * (when.hour > 16) + number * 104729 % 700 > 1500)
            depot = ("BER", "HAM", "MUC")[number % 3]
            rows.writerow([f"P{number}", when.isoformat(" ", "minutes"), depot, far, late])


@pytest.fixture(scope="module")
def template(render: Renderer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template in two versions: the second has a fix in the server and one in the monitor."""
    repository = tmp_path_factory.mktemp("template") / "slipway"
    shutil.copytree(render.template(), repository)
    release(repository, "v1.0.0")
    for name, old, new in (SERVER_FIX, MONITOR_FIX):
        replace(repository / "template" / ENGINE / name, old, new)
    with (repository / "template/README.md.jinja").open("a") as file:
        file.write("\nNew in version 2.\n")
    for path in repository.glob("template/src/*package_name*/source.py"):
        with path.open("a") as file:
            file.write("\n# a change of the example\n")
    release(repository, "v2.0.0")
    return repository


@pytest.fixture(scope="module")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of version 1 with its own data, and edits on both sides of the wall."""
    path = tmp_path_factory.mktemp("project") / "late-parcels"
    start(template, "v1.0.0", path, {"project_name": "late-parcels"})
    link_venv(path)
    parcels(path / "rows/parcels.csv")
    arguments = ("rows/parcels.csv", "--time", "handed over", "--outcome", "late")
    words = [".venv/bin/slipway", "adopt", *arguments, "--key", "parcel", "--label-delay", "5d"]
    subprocess.run(words, cwd=path, check=True, capture_output=True)
    with (path / PACKAGE / "model.py").open("a") as file:
        file.write("\nOURS = 1\n")
    (path / PACKAGE / "ours.py").write_text("OURS = 2\n")
    (path / "tests/test_ours.py").write_text("def test_ours() -> None:\n    assert 1 + 1 == 2\n")
    replace(path / ENGINE / OUR_EDIT[0], *OUR_EDIT[1:])
    commit(path, "feat: our own data")
    return path


@pytest.fixture(scope="module")
def updated(project: Path) -> tuple[Path, dict[str, bytes]]:
    """The project after the update, and its files before."""
    before = {name: (project / name).read_bytes() for name in git(project, "ls-files").splitlines()}
    update(project, "v2.0.0")
    return project, before


@pytest.mark.parametrize("fix", [SERVER_FIX, MONITOR_FIX], ids=["server", "monitor"])
def test_a_fix_of_the_engine_arrives(
    fix: tuple[str, str, str], updated: tuple[Path, dict[str, bytes]]
) -> None:
    assert fix[2] in (updated[0] / ENGINE / fix[0]).read_text("utf-8")


@pytest.mark.parametrize("module", [*OWN, "ours"])
def test_a_module_of_the_user_is_kept_byte_for_byte(
    module: str, updated: tuple[Path, dict[str, bytes]]
) -> None:
    project, before = updated
    name = f"{PACKAGE}/{module}.py"
    assert (project / name).read_bytes() == before[name]


def test_all_that_is_the_users_is_kept(
    updated: tuple[Path, dict[str, bytes]], count: Count
) -> None:
    project, before = updated
    mine = [
        name
        for name in before
        if name.startswith((PACKAGE, "tests/", "rows/", "environments/"))
        or name in ("objectives.yaml", "docs/data-dictionary.md")
    ]
    count("user's files kept", len(mine), 12)
    assert [name for name in mine if (project / name).read_bytes() != before[name]] == []


def test_an_edit_inside_the_engine_is_merged(updated: tuple[Path, dict[str, bytes]]) -> None:
    text = (updated[0] / ENGINE / OUR_EDIT[0]).read_text("utf-8")
    assert OUR_EDIT[2] in text
    assert SERVER_FIX[2] in text


def test_the_rest_of_the_engine_equals_a_fresh_one(
    updated: tuple[Path, dict[str, bytes]], template: Path, tmp_path: Path, count: Count
) -> None:
    start(template, "v2.0.0", tmp_path / "fresh", {"project_name": "late-parcels"})
    engine = sorted(path for path in git(tmp_path / "fresh", "ls-files", ENGINE).splitlines())
    count("files of the engine", len(engine), 100)
    different = [
        name
        for name in engine
        if (updated[0] / name).read_bytes() != (tmp_path / "fresh" / name).read_bytes()
    ]
    assert different == [f"{ENGINE}/{OUR_EDIT[0]}"]


def test_the_updated_project_passes_its_own_checks(
    updated: tuple[Path, dict[str, bytes]],
) -> None:
    result = make(updated[0], "check")
    assert result.returncode == 0, result.stdout[-5000:]


def test_the_updated_project_passes_its_own_tests(
    updated: tuple[Path, dict[str, bytes]],
) -> None:
    result = make(updated[0], "test")
    assert result.returncode == 0, result.stdout[-5000:]


def test_an_edit_of_the_same_line_is_marked(template: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    start(template, "v1.0.0", project, {})
    name, old, _ = MONITOR_FIX
    replace(project / ENGINE / name, old, "BINS = 30")
    commit(project, "fix: finer")
    with pytest.raises(AssertionError):
        update(project, "v2.0.0")
    assert git(project, "ls-files", "--unmerged") != ""
    text = (project / ENGINE / name).read_text("utf-8")
    assert "<<<<<<<" in text
    assert "BINS = 30" in text
    assert "BINS = 25" in text
