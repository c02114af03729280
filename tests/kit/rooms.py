"""Rules of the template's own sources: few tags, plain paths, nothing computed."""

import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import meta, nodes
from pathspec import GitIgnoreSpec

from hooks.template import environment, files, questions, settings

from .gates import Findings, Gate, texts

TAG = re.compile(r"#[{%|]")
CONTROL = re.compile(r"#%")
OF_ONE_ANSWER = {  # the root, or nowhere
    f"#{{ {answer} }}#"
    for answer in (
        *("aws", "azure", "gcp"),
        *("binary", "multiclass", "regression"),
        *("boosting", "network"),
    )
}
NAMED_BY_ANSWERS = {"#{ package_name }#", "#{ _copier_conf.answers_file }#.jinja"}
COPIERS = {"_copier_answers", "_copier_conf", "_copier_operation"}
FILTERS = {"indent", "lower", "replace", "to_json", "to_nice_yaml", "trim"}


def _sources(root: Path) -> Iterator[tuple[str, str]]:
    yield from texts(root / "template")


def _in_a_project(name: str) -> str:
    """Return a path as a project has it: what only one answer brings has a directory of its own."""
    first, _, rest = name.partition("/")
    return rest if first in OF_ONE_ANSWER else name


def suffixes(root: Path) -> Findings:
    """A file is named .jinja if and only if it holds a tag."""
    findings = Findings()
    for name, text in _sources(root):
        wrong = name.endswith(".jinja") != bool(TAG.search(text))
        findings.add([f"{name}: suffix and tags disagree"] * wrong)
    return findings


def path_names(root: Path) -> Findings:
    """A path shows what is rendered; only two names and some directories have a tag."""
    findings = Findings()
    for name in sorted(files(root / "template")):
        parts = {part for part in _in_a_project(name).split("/") if TAG.search(part)}
        findings.add(f"{name}: a tag in the path" for _ in parts - NAMED_BY_ANSWERS)
    return findings


def tag_budget(root: Path) -> Findings:
    """Control tags are rare: 4 a file, 2 in 100 lines, none in Python, alone on their line."""
    findings, lines, tags = Findings(), 0, 0
    for name, text in _sources(root):
        found = len(CONTROL.findall(text))
        lines, tags = lines + text.count("\n"), tags + found
        problems = [f"{name}: {found} control tags"] * (found > 4)
        problems += [f"{name}: a control tag in Python"] * (".py" in name and found > 0)
        problems += [f"{name}: a raw block"] * bool(re.search(r"#%-?\s*(end)?raw", text))
        shared = re.findall(r"^.*#%.*$", text, re.M)
        shared = [line for line in shared if not re.fullmatch(r"\s*#%(?!-)[^%]+(?<!-)%#", line)]
        findings.add(problems + [f"{name}: not alone on its line: {line}" for line in shared])
    findings.add([f"{tags} control tags in {lines} lines"] * (tags * 100 > lines * 2))
    return findings


def variables(root: Path) -> Findings:
    """Every name that a source uses is an answer, and every filter only writes it down."""
    known = questions(root).keys() | COPIERS
    jinja = environment(root)
    findings = Findings()
    for name, text in _sources(root):
        if not name.endswith(".jinja"):
            continue
        tree = jinja.parse(text)
        unknown = meta.find_undeclared_variables(tree) - known
        filters = {node.name for node in tree.find_all(nodes.Filter)} - FILTERS
        findings.add(f"{name}: {word} is not known" for word in sorted(unknown | filters))
    return findings


def exclusions(root: Path) -> Findings:
    """Every path that an answer removes, or an update leaves alone, is in the template."""
    config = settings(root)
    plain = {_in_a_project(name).removesuffix(".jinja") for name in files(root / "template")}
    blocks = "\n".join(text for text in config["_exclude"] if "#%" in text)
    findings = Findings()
    lines = filter(None, map(str.strip, re.sub(r"#%.*%#", "", blocks).splitlines()))
    for line in [*lines, *config["_skip_if_exists"]]:
        used = any(GitIgnoreSpec.from_lines([line.removeprefix("!")]).match_files(plain))
        findings.add([f"copier.yml: {line} matches nothing"] * (not used))
        findings.add([f"copier.yml: {line} ends with a slash"] * line.endswith("/"))
    return findings


ROOMS = [
    Gate(suffixes, floor=60),
    Gate(path_names, floor=60),
    Gate(tag_budget, floor=60),
    Gate(variables, floor=10),
    Gate(exclusions, floor=10),
]
