"""copier.yml and questions/ hold only what Copier knows, and every question can be answered."""

import ast
import keyword
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jinja2.meta import find_undeclared_variables as undeclared

from hooks.template import ROOT, environment, questions, settings
from tests.kit.project import Project, Renderer

Count = Callable[[str, int, int], None]

SETTINGS = {  # Copier takes a misspelt setting without a word
    "_answers_file",
    "_envops",
    "_exclude",
    "_message_after_copy",
    "_message_after_update",
    "_min_copier_version",
    "_skip_if_exists",
    "_subdirectory",
}
ATTRIBUTES = {"choices", "default", "help", "type", "validator", "when"}
ASKED = {name: details for name, details in questions().items() if details.get("when") is not False}


def lint(name: str, question: dict[str, Any]) -> list[str]:
    """Return what is wrong with a question."""
    problems = [f"{name}: unknown attribute {key}" for key in question.keys() - ATTRIBUTES]
    problems += [f"{name}: no default"] * ("default" not in question)
    computed = question.get("when") is False
    types = {"str", "bool", "int"} | ({"yaml"} if computed else set())
    problems += [f"{name}: no type"] * (question.get("type") not in types)
    if computed:
        return problems
    text = question.get("help", "")
    problems += [f"{name}: help is no question of up to 80 characters"] * (
        not text.endswith("?") or len(text) > 80
    )
    free = question.get("type") == "str" and "choices" not in question
    problems += [f"{name}: free text without a validator"] * (free and "validator" not in question)
    for pattern in re.findall(r"not \w+ \| regex_search\('(.*?)'\)", question.get("validator", "")):
        whole = pattern.startswith("\\\\A") and pattern.endswith("\\\\Z")
        problems += [f"{name}: a pattern that does not match the whole answer"] * (not whole)
    return problems


def test_every_setting_is_known(count: Count) -> None:
    found = {name for name in settings() if name.startswith("_")}
    count("settings", len(found), 8)
    assert found <= SETTINGS


def test_every_question_is_complete(count: Count) -> None:
    count("questions", len(questions()), 9)
    assert [line for name, details in questions().items() for line in lint(name, details)] == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"validatr": "x"}, "unknown attribute validatr"),
        ({"help": "The team"}, "help"),
        ({"help": "x" * 80 + "?"}, "help"),
        ({"validator": None}, "without a validator"),
        ({"default": None}, "no default"),
        ({"type": "string"}, "no type"),
        ({"type": "yaml"}, "no type"),
        ({"validator": "#% if not t | regex_search('\\\\A.$') %#"}, "the whole answer"),
    ],
)
def test_a_planted_fault_is_found(change: dict[str, str | None], problem: str) -> None:
    changed = {k: v for k, v in (ASKED["team"] | change).items() if v is not None}
    assert any(problem in line for line in lint("team", changed))


def test_every_question_is_in_a_file_that_copier_yml_lists() -> None:
    listed = re.findall(r"^!include (\S+)$", (ROOT / "copier.yml").read_text("utf-8"), re.M)
    assert sorted(listed) == sorted(f"questions/{p.name}" for p in ROOT.glob("questions/*.yml"))


@pytest.mark.parametrize("name", sorted(ASKED))
def test_an_answer_changes_something(name: str, render: Renderer) -> None:
    jinja, template = environment(), render.template()
    texts = [*settings()["_exclude"], *map(str, template.rglob("template/**/*"))]
    texts += [path.read_text("utf-8") for path in template.rglob("template/**/*.jinja")]
    used = {word for text in texts for word in undeclared(jinja.parse(text))}
    for derived in [
        details for name, details in questions().items() if name in used - ASKED.keys()
    ]:
        used |= undeclared(jinja.parse(derived["default"]))
    assert name in used


def test_copier_runs_nothing_on_a_users_machine() -> None:
    assert not settings().keys() & {"_tasks", "_migrations", "_jinja_extensions"}


def imports(path: Path) -> set[str]:
    """Return the top-level names that a Python file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


def test_no_package_can_hide_a_module_that_the_project_needs(
    standard: Project, count: Count
) -> None:
    imported = {name for path in standard.path.rglob("*.py") for name in imports(path)}
    imported |= {path.relative_to(standard.path).parts[0] for path in standard.path.rglob("*.py")}
    possible = {*sys.stdlib_module_names, *keyword.kwlist, *imported} - {"flight_delays"}
    needed = {name for name in possible if re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)}
    reserved = set(questions()["reserved_names"]["default"].split())
    count("reserved names", len(reserved), 300)
    assert needed - reserved == set()
