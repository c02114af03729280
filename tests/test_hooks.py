"""The hooks say before an update what it would cost, and after it what differs."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hooks import drift, update_guard
from hooks.template import ROOT, HookError, recorded
from tests.kit.versions import commit, git, release, start

Count = Callable[[str, int, int], None]

SIZE = "size:\n  type: str\n  help: How large?\n  choices: [small, large]\n  default: small\n"
V1 = {
    "#{ _copier_conf.answers_file }#.jinja": "#{ _copier_answers | to_nice_yaml | trim }#\n",
    "README.md.jinja": "# #{ project_name }#\n",
    "docs/plain.md": "plain\n",
    "docs/removed.md": "one\ntwo\nthree\n",
    "docs/old-name.md": "alpha\nbeta\ngamma\ndelta\n",
    "docs/same-as-mine.md": "same\n",
    "logo.png": "\0logo 1",
    "photo.png": "\0photo",
    "src/flight_delays/code.py": "CODE = 1\n",
    "objectives.yaml": "a: 1\n",
    "CODEOWNERS": "* @team\n",
    "environments/prod/env.yaml": "replicas: 2\n",
    "workflows/train/template.yaml": "a: 1\n",
}
V2 = V1 | {
    "docs/plain.md": "plain, but newer\n",
    "docs/new-name.md": "alpha\nbeta\ngamma\nepsilon\n",
    "local.env": "A=template\n",
    "logo.png": "\0logo 2",
    "src/flight_delays/code.py": "CODE = 2\n",
    "objectives.yaml": "a: 2\n",
}
del V2["docs/removed.md"], V2["docs/old-name.md"], V2["workflows/train/template.yaml"]


def write(directory: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, "utf-8")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small template with this repository's own questions, in two versions."""
    repository = tmp_path_factory.mktemp("template") / "small"
    shutil.copytree(ROOT / "questions", repository / "questions")
    copier = (ROOT / "copier.yml").read_text("utf-8") + "---\n!include questions/size.yml\n"
    write(repository, {"copier.yml": copier, "questions/size.yml": SIZE})
    write(repository / "template", V1)
    release(repository, "v1.0.0")
    shutil.rmtree(repository / "template")
    write(repository / "template", V2)
    write(repository, {"questions/size.yml": SIZE.replace("large", "huge")})
    release(repository, "v2.0.0")
    return repository


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Path:
    """A fresh project of version 1."""
    start(template, "v1.0.0", tmp_path / "project", {})
    return tmp_path / "project"


def losses(project: Path, **data: str) -> list[str]:
    return update_guard.losses(project, None, data)


def test_nothing_is_lost_from_an_unchanged_project(project: Path) -> None:
    assert losses(project) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docs/plain.md", "plain\nours\n"),  # merged, or a conflict that Git shows
        ("src/flight_delays/code.py", "CODE = 3\n"),  # the user's
        ("objectives.yaml", "a: 3\n"),  # seeded
        ("photo.png", "\0ours"),  # the new version leaves it alone
        ("ours.md", "ours\n"),  # not the template's
    ],
)
def test_an_edit_that_copier_keeps_is_not_reported(path: str, text: str, project: Path) -> None:
    write(project, {path: text})
    commit(project)
    assert losses(project) == []


@pytest.mark.parametrize(
    ("path", "text", "sentence"),
    [
        ("docs/removed.md", "one\nours\nthree\n", "the new version removes it."),
        ("docs/old-name.md", "alpha\nours\n", "the new version moves it to docs/new-name.md."),
        ("logo.png", "\0ours", "the new version replaces it, it is binary."),
    ],
)
def test_an_edit_that_copier_drops_is_reported(
    path: str, text: str, sentence: str, project: Path
) -> None:
    write(project, {path: text})
    commit(project)
    assert losses(project) == [f"{path}: you edited it and {sentence}"]


def test_an_ignored_file_in_the_way_is_reported(project: Path) -> None:
    write(project, {".gitignore": "local.env\n", "local.env": "A=ours\n"})
    commit(project)
    assert losses(project) == ["local.env: Git ignores it and the new version writes over it."]


def test_what_is_the_users_in_a_directory_that_the_template_leaves_is_reported(
    project: Path,
) -> None:
    own = ("queue/a.yaml", "queue/deeper/b.yaml", "train/ours.yaml", "lonely.yaml", "c.pyc")
    write(project, {f"workflows/{name}": "ours: 1\n" for name in own})
    write(project, {".gitignore": "*.pyc\n", "docs/ours.md": "ours\n", "mine/a.yaml": "a: 1\n"})
    commit(project)
    assert losses(project) == [
        f"workflows/{name}: it is yours and the new version has nothing in workflows/ any more; "
        "the changelog says what reads it now, and where."
        for name in ("lonely.yaml", "queue", "train/ours.yaml")
    ]


def test_an_answer_that_is_no_longer_accepted_is_reported(template: Path, tmp_path: Path) -> None:
    start(template, "v1.0.0", tmp_path / "project", {"size": "large"})
    assert losses(tmp_path / "project") == ["answer size: 'large' becomes 'small'."]
    assert losses(tmp_path / "project", size="huge") == []


def test_a_cloud_that_is_no_longer_asked_is_reported(template: Path, tmp_path: Path) -> None:
    start(template, "v1.0.0", project := tmp_path / "project", {"cloud": "gcp"})
    assert losses(project, profile="minimal") == ["answer cloud: 'gcp' is no longer asked."]


def test_what_is_reported_is_what_copier_loses(project: Path) -> None:
    write(project, {"docs/removed.md": "ours\n", "logo.png": "\0ours"})
    commit(project)
    reported = {line.partition(":")[0] for line in losses(project)}
    command = [sys.executable, "-m", "copier", "update", "--quiet", "--defaults"]
    subprocess.run(command, cwd=project, check=True)
    assert git(project, "ls-files", "--unmerged") == ""
    assert reported == {"docs/removed.md", "logo.png"}
    assert not (project / "docs/removed.md").exists()
    assert (project / "logo.png").read_text() == "\0logo 2"


@pytest.mark.parametrize(
    ("path", "answer"),
    [("CODEOWNERS", "profile=minimal"), ("environments/prod/env.yaml", "serving=false")],
    ids=["of the template", "of the user"],
)
def test_an_edited_file_of_a_feature_that_is_turned_off_is_reported(
    path: str, answer: str, project: Path
) -> None:
    write(project, {path: "ours\n"})
    commit(project)
    name, _, value = answer.partition("=")
    reported = update_guard.losses(project, ":current:", {name: value})
    assert reported == [f"{path}: you edited it and the new version removes it."]
    command = [sys.executable, "-m", "copier", "update", "--quiet", "--defaults"]
    subprocess.run([*command, "--vcs-ref", ":current:", "--data", answer], cwd=project, check=True)
    assert not (project / path).exists()
    assert str(recorded(project)[name]).lower() == value


def test_the_guard_writes_nothing(project: Path) -> None:
    write(project, {"docs/removed.md": "ours\n"})
    commit(project)
    losses(project)
    assert git(project, "status", "--porcelain", "--ignored") == ""


def test_the_guards_exit_code_says_whether_something_would_be_lost(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert update_guard.main([str(project)]) == 0
    assert capsys.readouterr().out == "Nothing would be lost.\n"
    write(project, {"docs/removed.md": "ours\n"})
    commit(project)
    assert update_guard.main([str(project), "--vcs-ref", "v2.0.0"]) == 1
    assert "docs/removed.md" in capsys.readouterr().err


def test_drift_sorts_what_differs_into_three_classes(project: Path) -> None:
    write(
        project,
        {"docs/plain.md": "ours\n", "src/flight_delays/code.py": "CODE = 3\n", "ours.md": "x\n"},
    )
    (project / "objectives.yaml").unlink()
    (project / "docs/removed.md").unlink()
    assert drift.compare(project) == drift.Drift(
        edited=["docs/plain.md"],
        users=["objectives.yaml", "src/flight_delays/code.py"],
        missing=["docs/removed.md"],
    )


def test_drifts_exit_code_is_about_missing_files(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, {"docs/plain.md": "ours\n"})
    assert drift.main([str(project)]) == 0
    (project / "docs/removed.md").unlink()
    assert drift.main([str(project)]) == 1
    assert "template-owned, missing: 1\n  docs/removed.md\n" in capsys.readouterr().out


@pytest.mark.parametrize("hook", [update_guard.main, drift.main])
@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        (None, "No such file"),
        ("project_name: x\n", "records no _src_path"),
        ("_src_path: nowhere\n", "records no _commit"),
        ("_src_path: nowhere\n_commit: v1\n", "write the address of the template's repository"),
        ("_src_path: git+file:///nowhere\n_commit: v1\n", "cannot be rendered"),
    ],
)
def test_a_directory_that_is_no_project_is_one_sentence(
    hook: Callable[[list[str]], int],
    answers: str | None,
    sentence: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if answers:
        write(tmp_path, {".copier-answers.yml": answers})
    assert hook([str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert sentence in error
    assert error.count("\n") == 1


def test_an_unknown_version_is_one_sentence(project: Path) -> None:
    with pytest.raises(HookError, match=r"at v9\.9\.9 cannot be rendered"):
        update_guard.losses(project, "v9.9.9", {})


def test_the_recorded_answers_are_read(project: Path) -> None:
    assert recorded(project)["_commit"] == "v1.0.0"


def test_a_project_made_from_an_address_records_it_and_is_updated_from_it(
    template: Path, tmp_path: Path
) -> None:
    address = f"git+file://{template}"
    command = [sys.executable, "-m", "copier", "copy", "--quiet", "--defaults"]
    command += ["--vcs-ref", "v1.0.0", address, str(tmp_path / "project")]
    subprocess.run(command, check=True)
    commit(tmp_path / "project")
    assert recorded(tmp_path / "project")["_src_path"] == address
    assert losses(tmp_path / "project") == []


def test_a_project_of_a_directory_that_is_gone_goes_on_once_the_address_is_written(
    template: Path, tmp_path: Path
) -> None:
    moved, project = tmp_path / "template", tmp_path / "project"
    shutil.copytree(template, moved)
    start(moved, "v1.0.0", project, {})
    shutil.rmtree(moved)
    with pytest.raises(HookError, match="is no directory of this machine: write the address"):
        losses(project)
    page = (ROOT / "docs/how-to/update-a-project.md").read_text("utf-8")
    (change,) = (line for line in page.splitlines() if line.startswith("$ sed "))
    command = change.removeprefix("$ ").replace(
        "https://HOST/PATH/slipway.git", f"file://{template}"
    )
    subprocess.run(["bash", "-c", command], cwd=project, check=True)
    assert git(project, "status", "--porcelain") == "M .copier-answers.yml"
    commit(project)
    assert losses(project) == []


@pytest.mark.parametrize(
    "page", ["README.md", "docs/tutorials/first-project.md", "docs/how-to/answer-from-a-file.md"]
)
def test_a_project_made_in_a_clone_as_a_page_says_is_updated_from_where_the_clone_came_from(
    page: str, template: Path, tmp_path: Path
) -> None:
    clone, project = tmp_path / "fork", tmp_path / "made"
    git(tmp_path, "clone", "--quiet", f"file://{template}", str(clone))
    (address,) = re.findall(
        r'copier copy [^#\n]*("git\+\$\([^)]*\)") \.\./', (ROOT / page).read_text()
    )
    copier = f'"{sys.executable}" -m copier copy --quiet --defaults'
    command = f"{copier} {address} '{project}'"
    subprocess.run(["bash", "-c", command], cwd=clone, check=True)
    assert recorded(project)["_src_path"] == f"git+file://{template}"
