"""A gate that cannot fail guards nothing: each one finds a defect that is planted for it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit.agreement import AGREEMENT
from tests.kit.gates import Gate
from tests.kit.hygiene import HYGIENE, whitespace
from tests.kit.project import Project, Renderer
from tests.kit.rooms import ROOMS
from tests.kit.sizes import SIZES

GATES = {gate.name: gate for gate in [*HYGIENE, *AGREEMENT, *SIZES]}


def write(name: str, text: str) -> Callable[[Path], None]:
    """Return a defect: a file with this text."""

    def plant(project: Path) -> None:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, "utf-8")

    return plant


def append(name: str, text: str) -> Callable[[Path], None]:
    """Return a defect: this text at the end of a file."""

    def plant(project: Path) -> None:
        path = project / name
        path.write_text(path.read_text("utf-8") + text, "utf-8")

    return plant


DEFECTS = [
    ("leftover_tags", write("docs/#{ team }#.md", "x\n"), "team"),
    ("leftover_tags", append("README.md", "#% if gpu %#\n"), "README.md"),
    ("whitespace", append("README.md", "\n"), "one newline"),
    ("whitespace", append("README.md", "a \n"), "space at the end"),
    ("whitespace", append("README.md", "a\n\n\nb\n"), "in a row"),
    ("whitespace", write("a.md", "\na\n"), "blank line"),
    ("whitespace", write("a.md", "a\r\nb\n"), "space at the end"),
    ("emptiness", write("docs/empty.md", ""), "docs/empty.md"),
    ("emptiness", write("docs/.gitkeep", "x\n"), ".gitkeep"),
    ("emptiness", lambda project: (project / "nothing").mkdir(), "nothing"),
    ("parses", write("a.yaml", "a: [\n"), "a.yaml"),
    ("parses", write("a.json", "{\n"), "a.json"),
    ("parses", write("a.toml", "a = \n"), "a.toml"),
    ("parses", write("a.py", "def\n"), "a.py"),
    ("yaml_shape", write("a.yml", "a: 1\n"), "not named"),
    ("yaml_shape", write("a.yaml", "---\na: 1\n"), "separator"),
    ("yaml_shape", write("x/kustomization.yaml", "resources: [b, a]\n"), "sorted"),
    ("executable_bits", write("run", "#!/bin/sh\n"), "run"),
    ("executable_bits", lambda project: (project / "README.md").chmod(0o755), "README.md"),
    ("portable_paths", write("docs/a:b.md", "x\n"), "a:b"),
    ("portable_paths", write("docs/aux.md", "x\n"), "aux"),
    ("portable_paths", write("readme.md", "x\n"), "case"),
    ("portable_paths", write(f"{'d' * 90}/{'f' * 100}", "x\n"), "180"),
    ("forbidden_words", append("README.md", "TODO\n"), "TODO"),
    ("forbidden_words", append("README.md", "put your-name here\n"), "unfinished"),
    ("forbidden_words", append("README.md", "/home/x\n"), "one machine"),
    ("links", append("README.md", "[x](docs/missing.md)\n"), "docs/missing.md"),
    ("links", append("README.md", "[x](#no-such-heading)\n"), "no-such-heading"),
    ("make_targets", append("README.md", "`make coffee`\n"), "coffee"),
    ("make_targets", write("a.yaml", "run: make tea\n"), "tea"),
    ("make_targets", write(".a.yml", "script:\n  - make milk\n"), "milk"),
    ("makefile_help", append("Makefile", "quiet:\n\t@true\n"), "quiet"),
    ("readme", append("README.md", "\n## More\n"), "Updating"),
    ("readme", lambda project: prepend(project / "README.md", "# Other\n"), "line 1"),
    (
        "readme",
        lambda project: prepend(project / "README.md", "See the template.\n"),
        "the template",
    ),
    ("readme", append("README.md", "x\n" * 80), "80"),
    ("file_sizes", write("a.py", "x = 1\n" * 201), "a.py"),
    ("file_sizes", write("offline/a.py", "x = 1\n" * 201), "offline/a.py"),
    ("file_sizes", write("tests/e2e/loop/test_a.py", "x = 1\n" * 301), "at most 300"),
    ("function_sizes", write("tests/e2e/kit/a.py", "def f():\n" + "    x = 1\n" * 30), "kit/a.py"),
    ("function_sizes", write("a.py", "def f():\n" + "    x = 1\n" * 30), "31 lines"),
]
SOURCE_DEFECTS = [
    ("suffixes", write("template/a.md", "#{ team }#\n"), "a.md"),
    ("suffixes", write("template/a.md.jinja", "a\n"), "a.md.jinja"),
    ("path_names", write("template/#% if gpu %#gpu#% endif %#.md", "a\n"), "gpu"),
    ("path_names", write("template/#{ team }#/a.md", "a\n"), "team"),
    ("tag_budget", write("template/a.md.jinja", "#% if a %#\n#% endif %#\n" * 3), "6 control"),
    ("tag_budget", write("template/a.md.jinja", "x #% if a %#\n"), "alone"),
    ("tag_budget", write("template/a.md.jinja", "#%- if a %#\n"), "alone"),
    ("tag_budget", write("template/a.md.jinja", "#% raw %#\n"), "raw"),
    ("tag_budget", write("template/a.py.jinja", "#% if a %#\n"), "Python"),
    ("tag_budget", lambda root: plant_many(root, 1000), "control tags in"),
    ("variables", write("template/a.md.jinja", "#{ teem }#\n"), "teem"),
    ("variables", write("template/a.md.jinja", "#{ team | title }#\n"), "title"),
    ("exclusions", append("copier.yml", "---\n_exclude: ['#% %#/gone']\n"), "/gone"),
    ("exclusions", append("copier.yml", "---\n_exclude: ['#% %#/src/']\n"), "slash"),
]


def plant_many(root: Path, count: int) -> None:
    for n in range(count):
        (root / f"template/{n}.md.jinja").write_text("#% if a %#\n#% endif %#\n")


def prepend(path: Path, text: str) -> None:
    path.write_text(text + path.read_text("utf-8"), "utf-8")


@pytest.mark.parametrize(("gate", "plant", "expected"), DEFECTS)
def test_a_planted_defect_is_found(
    gate: str, plant: Callable[[Path], None], expected: str, standard: Project, tmp_path: Path
) -> None:
    project = standard.copy(tmp_path / "project").path
    before = set(GATES[gate].judge(project).problems)
    plant(project)
    found = [line for line in GATES[gate].judge(project).problems if line not in before]
    assert any(expected in line for line in found), found


@pytest.mark.parametrize(("gate", "plant", "expected"), SOURCE_DEFECTS)
def test_a_defect_in_the_sources_is_found(
    gate: str, plant: Callable[[Path], None], expected: str, render: Renderer, tmp_path: Path
) -> None:
    root = shutil.copytree(render.template(), tmp_path / "slipway")
    plant(root)
    found = {gate.name: gate for gate in ROOMS}[gate].judge(root).problems
    assert any(expected in line for line in found), found


def test_looking_at_too_little_is_a_failure(standard: Project) -> None:
    greedy = Gate(whitespace, floor=1_000_000)
    assert any("< 1000000" in line for line in greedy.judge(standard.path).problems)


def test_every_gate_has_a_planted_defect() -> None:
    assert {name for name, _, _ in DEFECTS} == set(GATES)
    assert {name for name, _, _ in SOURCE_DEFECTS} == {gate.name for gate in ROOMS}
