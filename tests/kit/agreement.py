"""What one file of a project says about another is true."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import yaml

from .gates import Findings, Gate, texts

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```[^\n]*\n(.*?)^```|`([^`\n]+)`", re.M | re.S)
MAKE = re.compile(r"(?:^|\$ |[;&|] ?|run: |- )make ((?:[a-z][a-z0-9-]*[ \n]?)+)", re.M)


def _slugs(text: str) -> set[str]:
    """Return the anchors that a Markdown renderer gives to the headings of `text`."""
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", line.lower()).strip().replace(" ", "-") for line in headings}


def links(directory: Path) -> Findings:
    """Every relative link of a page leads to a file, and its anchor to a heading."""
    findings = Findings()
    for name, text in texts(directory):
        if not name.endswith(".md"):
            continue
        for target in LINK.findall(text):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            file = (directory / name).parent / path if path else directory / name
            broken = not file.exists() or (
                anchor != "" and anchor not in _slugs(file.read_text("utf-8"))
            )
            findings.add([f"{name}: {target} leads nowhere"] * broken)
    return findings


def _commands(name: str, text: str) -> Iterator[str]:
    """Yield the target of each make command that a page, a workflow or a message names."""
    code = text
    if not name.endswith((".yaml", ".yml")):
        code = "\n".join(block or span for block, span in CODE.findall(text))
    for words in MAKE.findall(code):
        yield words.split()[0]


def targets_of(directory: Path) -> list[tuple[str, str]]:
    """Return the targets that a person may call, each with the rest of its line."""
    makefiles = [directory / "Makefile", *sorted(directory.rglob("*.mk"))]
    text = "\n".join(path.read_text("utf-8") for path in makefiles)
    return re.findall(r"^([a-z][a-z0-9-]*):(?!=)(.*)$", text, re.M)


def make_targets(directory: Path) -> Findings:
    """Every `make x` that a page, a workflow or a message names is in the Makefile."""
    targets = {name for name, _ in targets_of(directory)}
    whole = (directory / "clusters").exists()  # else the engine knows more commands than make has
    findings = Findings()
    for name, text in texts(directory):
        if name.startswith("src/slipway/") and not whole:
            continue
        if name.endswith((".md", ".yaml", ".yml", ".py")):
            for target in _commands(name, text):
                findings.add([f"{name}: make {target}: no such target"] * (target not in targets))
    return findings


def makefile_help(directory: Path) -> Findings:
    """Every target that a person may call says what it does."""
    findings = Findings()
    for name, rest in targets_of(directory):
        findings.add([f"make {name} has no help"] * ("## " not in rest))
    return findings


def readme(directory: Path) -> Findings:
    """The README opens with the name and the purpose; only 'Updating' speaks of the template."""
    text = (directory / "README.md").read_text("utf-8")
    objectives = yaml.safe_load((directory / "objectives.yaml").read_text("utf-8"))
    name = tomllib.loads((directory / "pyproject.toml").read_text("utf-8"))["project"]["name"]
    lines, (body, _, updating) = text.splitlines(), text.partition("\n## Updating\n")
    findings = Findings()
    findings.add(["README.md: line 1 is not the name"] * (lines[0] != f"# {name}"))
    findings.add(["README.md: line 3 is not the purpose"] * (lines[2] != objectives["goal"]))
    findings.add(["README.md: no 'Updating' at the end"] * (not updating or "\n## " in updating))
    for word in (r"\bthe template\b", r"\bcopier\b"):
        early = re.findall(word, body, re.I)
        findings.add([f"README.md: {found} outside 'Updating'" for found in early])
    findings.add(["README.md: longer than 80 lines"] * (len(lines) > 80))
    return findings


AGREEMENT = [
    Gate(links, floor=3),
    Gate(make_targets, floor=10),
    Gate(makefile_help, floor=8),
    Gate(readme, floor=6),
]
