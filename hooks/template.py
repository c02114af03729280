"""Read copier.yml and questions/ as data, and render what a project records."""

import contextlib
import functools
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import yaml
from copier import run_copy
from jinja2.ext import Extension
from jinja2.sandbox import SandboxedEnvironment
from jinja2_ansible_filters import AnsibleCoreFiltersExtension
from pathspec import GitIgnoreSpec

ROOT = Path(__file__).parents[1]
ANSWERS_FILE = ".copier-answers.yml"
ADDRESS = re.compile(r"\w[\w+.-]*://|git\+|git@|g[hl]:")  # what Copier takes for a repository


class HookError(Exception):
    """Say in one sentence what is wrong and what to do."""


def load_yaml(path: Path) -> dict[str, Any]:
    """Read one YAML mapping.

    Raises:
        HookError: The file is missing, is no UTF-8 or YAML, or holds no mapping.
    """
    try:
        data = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise HookError(f"{path}: {error.strerror}; name a file that can be read.") from None
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise HookError(f"{path} is not YAML in UTF-8, mend it: {reason}.") from None
    if not isinstance(data, dict):
        raise HookError(f"{path} must hold one 'name: value' a line.")
    return data


@functools.cache
def settings(root: Path = ROOT) -> dict[str, Any]:
    """Merge the documents of copier.yml the way Copier does: exclusions add up."""

    class Loader(yaml.SafeLoader):
        """Read `!include FILE` as the content of that file."""

    Loader.add_constructor(
        "!include", lambda _, node: load_yaml(root / str(node.value).removeprefix("./"))
    )
    merged: dict[str, Any] = {}
    with (root / "copier.yml").open(encoding="utf-8") as file:
        for document in yaml.load_all(file, Loader=Loader):
            added = merged.get("_exclude", []) + document.get("_exclude", [])
            merged |= document | {"_exclude": added}
    return merged


def questions(root: Path = ROOT) -> dict[str, dict[str, Any]]:
    """Return every question by name, in the order of asking, derived ones included."""
    return {name: value for name, value in settings(root).items() if not name.startswith("_")}


@dataclass(frozen=True)
class Ownership:
    """Which files of a project an update leaves alone; the others are the template's."""

    user: GitIgnoreSpec
    seeded: GitIgnoreSpec

    def is_users(self, path: str) -> bool:
        """Tell whether an update keeps the user's `path` as it is."""
        return self.user.match_file(path) or self.seeded.match_file(path)


@functools.cache
def environment(root: Path = ROOT) -> jinja2.Environment:
    """Return Jinja with the template's delimiters, and the filters that Copier brings."""
    syntax = settings(root)["_envops"] | {"undefined": jinja2.StrictUndefined}
    extensions: list[type[Extension]] = [AnsibleCoreFiltersExtension]
    return SandboxedEnvironment(**syntax, extensions=extensions, autoescape=False)


def ownership(answers: dict[str, Any], root: Path = ROOT) -> Ownership:
    """Read from copier.yml what a project with `answers` owns."""
    config = settings(root)
    jinja = environment(root).overlay(undefined=jinja2.Undefined)  # an older project lacks answers

    def excluded(operation: str) -> list[str]:
        context = answers | {"_copier_operation": operation}
        texts = [jinja.from_string(text).render(context) for text in config["_exclude"]]
        return [line.strip() for text in texts for line in text.splitlines() if line.strip()]

    always = excluded("copy")
    user = GitIgnoreSpec.from_lines(line for line in excluded("update") if line not in always)
    return Ownership(user, GitIgnoreSpec.from_lines(config["_skip_if_exists"]))


def recorded(project: Path) -> dict[str, Any]:
    """Read the answers file of a project.

    Raises:
        HookError: The directory was not made by Copier, or from no Git version.
    """
    answers = load_yaml(project / ANSWERS_FILE)
    for key in ("_src_path", "_commit"):
        if not isinstance(answers.get(key), str):
            raise HookError(f"{project / ANSWERS_FILE} records no {key}; restore it from Git.")
    return answers


def _origin(project: Path) -> str:
    """Return where the template of a project is; a directory has to be there."""
    source: str = recorded(project)["_src_path"]
    if not ADDRESS.match(source) and not (project / Path(source).expanduser()).is_dir():
        raise HookError(
            f"{source}, from where {project} was made, is no directory of this machine: write the "
            f"address of the template's repository as _src_path into {ANSWERS_FILE}."
        )
    return source


def render(project: Path, vcs_ref: str | None, directory: Path, data: dict[str, str]) -> None:
    """Render the template that `project` records at `vcs_ref`, as an update would.

    The recorded answers are defaults, so one that this version does not accept is replaced.

    Raises:
        HookError: Copier cannot get or render that version.
    """
    source = _origin(project)
    directory.mkdir()
    shutil.copy(project / ANSWERS_FILE, directory)
    try:
        with contextlib.chdir(project):
            run_copy(
                source,
                directory,
                data=data,
                vcs_ref=vcs_ref,
                defaults=True,
                overwrite=True,
                quiet=True,
            )
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[-1]
        version = vcs_ref or "its newest version"
        raise HookError(f"{source} at {version} cannot be rendered: {reason}") from None


def files(directory: Path) -> set[str]:
    """List the files below `directory` as relative POSIX paths."""
    paths = (path for path in directory.rglob("*") if path.is_file() or path.is_symlink())
    return {path.relative_to(directory).as_posix() for path in paths}
