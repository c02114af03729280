"""What Git holds: whether it is still as in kind, and whether the list names all of that."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .row import OPEN, READY, STAYS, Row

LIST = "clusters/readiness/differences.yaml"
ROOMS = ("components", "environments", "gitops")
KIND = re.compile(
    r"local-storage|//git\.git\.|example\.(com|org)|us-east-1|: localhost/|receiver: nobody"
    r"|(AWS_ALLOW_HTTP|disableSSL|insecure\w*|skip\w*Verify): true|[a-z]Secure: false"
)
FLAG = "kind cluster only"  # what a comment says about a value that KIND does not know
OWN_NAME = r"http://[\w-]+(\.{project}-[\w-]+)?(:\d+)?$"  # a Service of this project


@dataclass(frozen=True)
class Value:
    """A text of a YAML file: its key from the root on, and the comment beside it."""

    file: str
    key: str
    text: str
    comment: str

    @property
    def place(self) -> str:
        """Return the file and the key."""
        return f"{self.file} {self.key}"

    def __str__(self) -> str:
        """Return the last part of the key, and the text."""
        return f"{self.key.rpartition('.')[2]}: {self.text}"


def rows(root: Path, differences: Mapping[str, Any], project: str) -> Iterator[Row]:
    """Yield a row for each value of the list, and one for each that the list forgot."""
    found, entries = list(values(root)), differences["values"]
    for entry in entries:
        mine = [value for value in found if listed(value, entry)]
        if mine:
            yield _row(entry, [v for v in mine if re.search(entry["kind"], str(v))])
    for value in forgotten(found, entries, project):
        yield Row(OPEN, str(value), value.place, f"change it, or add it to {LIST}")


def _row(entry: Mapping[str, Any], kept: list[Value]) -> Row:
    if not kept:
        return Row(READY, entry["what"], "", "")
    places = kept[0].place + f" and {len(kept) - 1} more" * (len(kept) > 1)
    if "stays" in entry:
        return Row(STAYS, entry["what"], places, f"stays {entry['stays']}; else: {entry['do']}")
    return Row(OPEN, entry["what"], places, entry["do"])


def forgotten(
    found: list[Value], entries: list[Mapping[str, Any]], project: str
) -> Iterator[Value]:
    """Yield what only kind can have and no entry of the list names."""
    own = re.compile(OWN_NAME.format(project=project))
    for value in found:
        foreign = "http://" in value.text and not own.match(value.text)
        odd = foreign or FLAG in value.comment or KIND.search(str(value))
        if odd and not any(listed(value, entry) for entry in entries):
            yield value


def listed(value: Value, entry: Mapping[str, Any]) -> bool:
    """Tell whether an entry names the place of a value."""
    return any(
        _fits(file, value.file, "[^/]*") and _fits(key, value.key, "[^.]*")
        for file, keys in entry["at"].items()
        for key in keys
    )


def _fits(pattern: str, name: str, star: str) -> bool:
    return bool(re.fullmatch(re.escape(pattern).replace(r"\*", star), name))


def values(root: Path) -> Iterator[Value]:
    """Yield every value below the directories that a cluster is made of."""
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.yaml")):
            text = path.read_text("utf-8")
            name = path.relative_to(root).as_posix()
            for node in filter(None, yaml.compose_all(text, yaml.CSafeLoader)):
                for key, value, line in _leaves(node, 0):
                    comment = text.splitlines()[line].partition(" #")[2]
                    yield Value(name, key, value, comment)


def _leaves(node: yaml.Node, offset: int) -> Iterator[tuple[str, str, int]]:
    """Yield the key, the text and the line of every scalar; go on into texts that are YAML."""
    line = node.start_mark.line + offset
    inner = _inside(node)
    if inner is not None:
        node, offset = inner, line + 1
    for key, child in _children(node):
        for rest, text, at in _leaves(child, offset):
            yield f"{key}.{rest}".rstrip("."), text, at
    if isinstance(node, yaml.ScalarNode):
        yield "", node.value, line


def _children(node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from ((key.value, child) for key, child in node.value)
    elif isinstance(node, yaml.SequenceNode):
        yield from ((str(number), child) for number, child in enumerate(node.value))


def _inside(node: yaml.Node) -> yaml.Node | None:
    """Return what a block text holds when it is YAML of more than one value."""
    if not isinstance(node, yaml.ScalarNode) or node.style != "|":
        return None
    try:
        inner = yaml.compose(node.value, yaml.CSafeLoader)
    except yaml.YAMLError:
        return None
    return inner if isinstance(inner, yaml.CollectionNode) else None
