"""Setup on the machines that people have: odd paths and accounts, moved projects, own indexes."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.kit.project import Project
from tests.kit.venv import link_venv
from tests.kit.versions import commit, git

READ_BY_SETUP = ("Makefile", "clusters/cluster.mk", "requirements")
UNKNOWN_USER = ["unshare", "--user", "--map-user=12345", "--map-group=12345"]
BARE = "PYTHONPATH=src:. exec .venv/bin/python -m slipway gate"
LOCKS = {"uv.txt": "", "dev.txt": ""}


def run(
    directory: Path, *command: str, **variables: str | None
) -> subprocess.CompletedProcess[str]:
    """Run a command in a directory; a variable that is None is not set."""
    environment = {**os.environ, **variables}
    return subprocess.run(
        command,
        cwd=directory,
        env={name: text for name, text in environment.items() if text is not None},
        capture_output=True,
        text=True,
        check=False,
    )


def without_packages(standard: Project, path: Path) -> Path:
    """Make a project of what setup reads, in which uv and slipway are stand-ins."""
    for name in READ_BY_SETUP:
        source, target = standard.path / name, path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    for name, text in LOCKS.items():
        (path / "requirements" / name).write_text(text)
    return path


def with_stand_ins(standard: Project, path: Path) -> Path:
    """Make such a project whose environment has been made, without a package in it."""
    without_packages(standard, path)
    tools = path.parent / "tools"
    tools.mkdir(exist_ok=True)
    uv = tools / "uv"
    uv.write_text('#!/bin/sh\necho "uv $1 $2 index=$UV_DEFAULT_INDEX" >>"$SAID"\n')
    uv.chmod(0o755)
    makefile = path / "requirements" / "requirements.mk"
    text = makefile.read_text()
    installs = "@.venv/bin/pip install --quiet --require-hashes --requirement requirements/uv.txt"
    imports = "@$(PYTHON) -c 'import lightgbm'"
    assert installs in text
    assert imports in text
    text = text.replace(installs, f'@cp "{uv}" .venv/bin/uv').replace(imports, "@true")
    makefile.write_text(text)
    return path


def setup(project: Path, **variables: str | None) -> subprocess.CompletedProcess[str]:
    """Say `make setup` where pip has no settings but those of `variables`."""
    plain = {
        **{name: None for name in os.environ if name.startswith(("PIP_", "UV_"))},
        "PIP_CONFIG_FILE": os.devnull,
        "SAID": str(project.parent / "said"),
    }
    return run(project, "make", "setup", **(plain | variables))


@pytest.mark.parametrize(
    "name", ["a?b", "a%20b", "a:b", "a#b", "a'b", 'a"b', "a$b", "a\\b", "a[b]", "a;b", "a\nb"]
)
def test_a_path_that_programs_would_misread_is_refused_at_once(
    name: str, standard: Project, tmp_path: Path
) -> None:
    project = without_packages(standard, tmp_path / name)
    result = run(project, "make", "setup")
    assert result.returncode != 0
    assert result.stderr.startswith(f"error: programs would misread the path {project}: move the")
    assert not (project / ".venv").exists()


@pytest.mark.parametrize("name", ["a space, müller and a(b)+c=d@e~f!g^h"])
def test_a_project_works_in_a_path_with_other_signs(
    name: str, standard: Project, tmp_path: Path
) -> None:
    project = standard.copy(tmp_path / name).path
    commit(project)
    link_venv(project)
    for target in ("train", "gate"):
        result = run(project, "make", target)
        assert result.returncode == 0, result.stdout + result.stderr
    assert (project / "var" / "mlflow.db").is_file()
    assert git(project, "status", "--porcelain") == ""
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_user_without_a_name_or_a_home_can_train(standard: Project, tmp_path: Path) -> None:
    project = standard.copy(tmp_path / "flight-delays").path
    commit(project)
    link_venv(project)
    nobody = dict.fromkeys(("HOME", "LOGNAME", "USER", "LNAME", "USERNAME"))
    for command in (["make", "train"], ["sh", "-c", BARE]):
        result = run(project, *UNKNOWN_USER, *command, **nobody)
        assert result.returncode == 0, result.stdout + result.stderr
    assert git(project, "status", "--porcelain") == ""


def test_a_moved_project_gets_its_environment_again(standard: Project, tmp_path: Path) -> None:
    project = with_stand_ins(standard, tmp_path / "before it moved")
    assert setup(project).returncode == 0
    assert setup(project).stdout == "make: Nothing to be done for 'setup'.\n"
    moved = project.rename(tmp_path / "after")
    result = setup(moved)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("the project was moved, or its Python has changed: ")
    assert run(moved, ".venv/bin/pip", "--version").returncode == 0
    assert setup(moved).stdout == "make: Nothing to be done for 'setup'.\n"


def test_an_environment_whose_python_is_gone_is_made_again(
    standard: Project, tmp_path: Path
) -> None:
    project = with_stand_ins(standard, tmp_path / "project")
    setup(project)
    python = project / ".venv/bin/python3"
    python.unlink()
    python.symlink_to(tmp_path / "python-that-was-removed")
    assert not (project / ".venv/bin/python").exists()
    result = setup(project)
    assert result.returncode == 0, result.stderr
    assert run(project, ".venv/bin/python", "--version").returncode == 0


def test_help_takes_no_environment_away(standard: Project, tmp_path: Path) -> None:
    project = with_stand_ins(standard, tmp_path / "before")
    setup(project)
    moved = project.rename(tmp_path / "after")
    assert run(moved, "make", "help").returncode == 0
    assert (moved / ".venv/ready").exists()


def test_setup_installs_with_the_settings_of_pip(standard: Project, tmp_path: Path) -> None:
    project = with_stand_ins(standard, tmp_path / "project")
    result = setup(project, PIP_INDEX_URL="https://pip.example.com/simple")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "installing Python dependencies into .venv\n"
    said = (tmp_path / "said").read_text()
    assert said == "uv pip sync index=https://pip.example.com/simple\n"


@pytest.mark.parametrize(
    ("python", "sentence"),
    [
        ("", "python3 is missing: install Python 3.11, 3.12 or 3.13."),
        ("exit 127", "python3 does not run: install Python 3.11, 3.12 or 3.13."),
        ("echo 3.10", "python3 is Python 3.10: put Python 3.11, 3.12 or 3.13 first on PATH."),
        ("echo 3.14", "python3 is Python 3.14: put Python 3.11, 3.12 or 3.13 first on PATH."),
    ],
)
def test_a_python_that_does_not_fit_is_one_sentence(
    python: str, sentence: str, standard: Project, tmp_path: Path
) -> None:
    project = without_packages(standard, tmp_path / "project")
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("cat", "git", "id"):
        (programs / name).symlink_to(shutil.which(name) or name)
    if python:
        (programs / "python3").write_text(f"#!/bin/sh\n{python}\n")
        (programs / "python3").chmod(0o755)
    make = shutil.which("make") or "make"
    result = run(project, make, "--no-print-directory", "setup", PATH=str(programs))
    assert result.returncode != 0
    first, *more = result.stderr.splitlines()
    assert (first, more[:-1]) == (f"error: {sentence}", [])
    assert not (project / ".venv").exists()


def test_make_passes_on_whatever_a_column_or_a_value_is_called(
    standard: Project, tmp_path: Path
) -> None:
    project = with_stand_ins(standard, tmp_path / "project")
    script = project / "requirements/slipway.sh"
    script.write_text('#!/bin/sh\nprintf "%s\\n" "$@" >"$SAID"\n')
    words = {
        "FILE": 'my "rows" of `2024`.csv',
        "TIME": "applied at",
        "OUTCOME": 'it\'s "late"',
        "EVENT": '"never, so far",late',
        "KEY": "Loan No",
        "DELAY": "5d",
    }
    said = {"PIP_CONFIG_FILE": os.devnull, "SAID": str(tmp_path / "said")}
    given = [f"{name}={text}" for name, text in words.items()]
    result = run(project, "make", "adopt", *given, **said)
    assert result.returncode == 0, result.stderr
    options = ("", "--time", "--outcome", "--event", "--key", "--label-delay")
    pairs = zip(options, words.values(), strict=True)
    expected = ["adopt", *(word for pair in pairs for word in pair if word)]
    assert (tmp_path / "said").read_text().splitlines() == expected


def test_no_line_of_a_lock_names_an_index(standard: Project) -> None:
    locks = [name for name in standard.files() if "requirements" in name and name.endswith(".txt")]
    assert len(locks) == 6
    for name in locks:
        assert "index-url" not in (standard.path / name).read_text("utf-8")


def test_a_checkout_with_line_ends_of_windows_starts_its_scripts(
    standard: Project, tmp_path: Path
) -> None:
    project = standard.copy(tmp_path / "source").path
    commit(project)
    settings = ["-c", "core.autocrlf=true", "-c", "core.eol=crlf"]
    git(tmp_path, *settings, "clone", "--quiet", str(project), "clone")
    clone = tmp_path / "clone"
    for name in standard.files():
        assert b"\r\n" not in (clone / name).read_bytes() or name.endswith(".parquet"), name
    assert run(clone, "clusters/kind/up").stderr.endswith("usage: clusters/kind/up NAME\n")
    assert run(clone, "make", "help").returncode == 0
