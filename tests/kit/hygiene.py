"""What makes a rendered project feel written by hand: each gate looks at every file."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import yaml

from hooks.template import ANSWERS_FILE

from .gates import Findings, Gate, texts

MAY_BE_EMPTY = {"__init__.py", "py.typed"}
FORBIDDEN = {
    "unfinished": r"\b(TODO|FIXME|XXX|changeme|lorem ipsum)\b|(?<![\w-])your-",
    "a path of one machine": r"(?<![\w.])/(work|root|home)/",
    "a registry's host": r"pypi[.]org|pythonhosted|deb[.]debian|npmjs[.]org|proxy[.]golang",
}
RESERVED = re.compile(r"(^|/)(con|prn|aux|nul|com\d|lpt\d)(\.[^/]*)?(/|$)", re.I)
ILLEGAL = re.compile(r'[<>:"|?*\\]|[. ](/|$)')


def leftover_tags(directory: Path) -> Findings:
    """The delimiters are the template's alone, so none may be left in a name or a text."""
    findings = Findings()
    for name, text in texts(directory):
        lines = enumerate([name, *text.splitlines()])
        findings.add(f"{name}:{n}: tag left" for n, line in lines if re.search(r"#[{%|]", line))
    return findings


def _whitespace(name: str, text: str) -> Iterator[str]:
    blank_lines = "\n\n\n\n" if name.endswith(".py") else "\n\n\n"
    prose = text
    if name.endswith(".md"):
        prose = re.sub(r"^```.*?^```", "code", text, flags=re.M | re.S)
    if text.startswith("\n"):
        yield f"{name}: starts with a blank line"
    if text and (not text.endswith("\n") or text.endswith("\n\n")):
        yield f"{name}: does not end with one newline"
    if blank_lines in prose:
        yield f"{name}: blank lines in a row"
    if re.search(r"[ \t\r]$", text, re.M):
        yield f"{name}: space at the end of a line"


def whitespace(directory: Path) -> Findings:
    """No formatter or editor may have a reason to touch a fresh file."""
    findings = Findings()
    for name, text in texts(directory):
        findings.add(_whitespace(name, text))
    return findings


def emptiness(directory: Path) -> Findings:
    """Nothing is there for nothing: no empty file, no empty directory, no placeholder."""
    findings = Findings()
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        empty = not (any(path.iterdir()) if path.is_dir() else path.stat().st_size)
        placeholder = path.name in {".gitkeep", ".keep"}
        if name.startswith(".git/"):
            continue
        findings.add(
            [f"{name}: empty"] * ((empty and path.name not in MAY_BE_EMPTY) or placeholder)
        )
    return findings


def _parse(name: str, text: str) -> None:
    match Path(name).suffix:
        case ".py":
            compile(text, name, "exec")
        case ".json":
            json.loads(text)
        case ".toml":
            tomllib.loads(text)
        case ".yaml" | ".yml":
            list(yaml.safe_load_all(text))


def parses(directory: Path) -> Findings:
    """Every Python, JSON, TOML and YAML file is valid in its language."""
    findings = Findings()
    for name, text in texts(directory):
        if Path(name).suffix not in {".py", ".json", ".toml", ".yaml", ".yml"}:
            continue
        try:
            _parse(name, text)
        except (SyntaxError, ValueError, yaml.YAMLError) as error:
            findings.add([f"{name}: {error}"])
        else:
            findings.add([])
    return findings


def yaml_shape(directory: Path) -> Findings:
    """One object a file, no leading '---', '.yaml' but for dotfiles; kustomize lists are sorted."""
    findings = Findings()
    for name, text in texts(directory):
        if not name.endswith((".yaml", ".yml")):
            continue
        problems = []
        if name.endswith(".yml") and not Path(name).name.startswith("."):
            problems.append(f"{name}: is not named .yaml")
        if re.search(r"^---", text, re.M):
            problems.append(f"{name}: holds a document separator")
        if Path(name).name == "kustomization.yaml":
            resources = yaml.safe_load(text).get("resources", [])
            problems += [f"{name}: resources not sorted"] * (resources != sorted(resources))
        findings.add(problems)
    return findings


def executable_bits(directory: Path) -> Findings:
    """A file can be executed if and only if its first line says by what."""
    findings = Findings()
    for name, text in texts(directory):
        executable = bool((directory / name).stat().st_mode & 0o100)
        wrong = text.startswith("#!") != executable
        findings.add([f"{name}: executable bit and first line disagree"] * wrong)
    return findings


def portable_paths(directory: Path) -> Findings:
    """Every path can be checked out on Windows and on a file system that ignores case."""
    findings, seen = Findings(), set[str]()
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        problems = [f"{name}: not a portable name"] * bool(
            RESERVED.search(name) or ILLEGAL.search(name)
        )
        problems += [f"{name}: longer than 180 characters"] * (len(name) > 180)
        problems += [f"{name}: differs only in case"] * (name.lower() in seen)
        seen.add(name.lower())
        findings.add(problems)
    return findings


def forbidden_words(directory: Path) -> Findings:
    """Nothing unfinished, and nothing of the machine on which the template was written."""
    findings = Findings()
    for name, text in texts(directory):
        own = re.sub(r"^_src_path: .*$", "", text, flags=re.M) if name == ANSWERS_FILE else text
        findings.add(
            f"{name}: {what}: {match[0]}"
            for what, pattern in FORBIDDEN.items()
            for match in re.finditer(pattern, own)
        )
    return findings


HYGIENE = [
    Gate(leftover_tags, floor=50),
    Gate(whitespace, floor=50),
    Gate(emptiness, floor=60),
    Gate(parses, floor=40),
    Gate(yaml_shape, floor=5),
    Gate(executable_bits, floor=50),
    Gate(portable_paths, floor=60),
    Gate(forbidden_words, floor=50),
]
