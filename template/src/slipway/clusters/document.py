"""A YAML file of the project as a typed value; a sentence about it names the file and the line."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import ProjectError
from ..settings import settings

Keys = tuple[str | int, ...]
Fault = tuple[Keys, str]  # a place, and what is wrong there
MISSING = "the value is missing; add it as in another cluster's file"
TOLD = {
    "bool_type": "this must be true or false, without quotes",
    "extra_forbidden": "nothing reads this key; remove it or correct its name",
    "int_type": "this must be a number, without quotes",
    "list_type": "this must be a list; write each entry after a hyphen",
    "missing": MISSING,
    "model_type": "this must have keys below it; write them as in another cluster's file",
    "string_type": "this must be a text; put it into quotes",
}


class Part(BaseModel):
    """A part of a file: keys are written with hyphens, unknown ones and other types are refused."""

    model_config = ConfigDict(
        alias_generator=lambda name: name.replace("_", "-"),
        extra="forbid",
        frozen=True,
        strict=True,
    )


Content = TypeVar("Content", bound=Part)


class Child(NamedTuple):
    """A value below another one: its key or number, the line where it begins, and itself."""

    key: str | int
    line: int
    value: yaml.Node


class Document(NamedTuple):
    """A file of the project: its text, what it holds, and what is where in it."""

    file: str
    text: str
    content: Any
    node: yaml.Node

    def refuse(self, faults: Iterable[Fault]) -> ProjectError:
        """Return what is wrong at places in the file, a sentence and a line each, from its top."""
        found = [
            (line(self.node, keys), ".".join(map(str, keys)) or "the document", reason)
            for keys, reason in faults
        ]
        sentences = [f"{self.file}:{at}: {place}: {reason}." for at, place, reason in sorted(found)]
        return ProjectError("\n".join(sentences))


def parse(file: str) -> Document:
    """Read a file below the project's root.

    Raises:
        ProjectError: It is missing, no text, no YAML, or says a key twice.
    """
    try:
        text = (settings().project_root / file).read_text("utf-8")
        node, content = yaml.compose(text, yaml.SafeLoader), yaml.safe_load(text)
        _refuse_repeated_keys(file, node)
    except FileNotFoundError:
        raise ProjectError(f"{file} is missing: restore it from Git.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{file} cannot be read, mend it: {error}.") from None
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ProjectError(f"{file}:{at}: this is no YAML, mend it: {error.problem}.") from None
    except (RecursionError, ValueError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise ProjectError(f"{file} is no YAML, mend it: {reason}.") from None
    if node is None:
        raise ProjectError(f"{file} is empty: restore it from Git.")
    return Document(file, text, content, node)


def read(document: Document, content: type[Content]) -> Content:
    """Return what a file holds.

    Raises:
        ProjectError: Keys are unknown, or values missing or of another type; all are told.
    """
    try:
        return content.model_validate(document.content)
    except ValidationError as error:
        raise document.refuse(_faults(error)) from None


def _faults(error: ValidationError) -> Iterator[Fault]:
    for fault in error.errors():
        reason = fault["msg"].removeprefix("Value error, ").replace("Input should be", "write")
        told = MISSING if fault["input"] is None else TOLD.get(fault["type"], reason)
        yield fault["loc"], told


def line(node: yaml.Node, keys: Keys) -> int:
    """Return the line of the value that the keys lead to, or of the last one that is there."""
    at = node.start_mark.line
    for key in keys:
        child = next((child for child in children(node) if child.key == key), None)
        if child is None:
            break
        at, node = child.line, child.value
    return at + 1


def missing(node: yaml.Node, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys as far as the first that is not there; nothing if all are."""
    for depth, key in enumerate(keys, 1):
        below = next((child.value for child in children(node) if child.key == key), None)
        if below is None:
            return keys[:depth]
        node = below
    return ()


def children(node: yaml.Node | None) -> list[Child]:
    """Return what is right below a node."""
    if isinstance(node, yaml.MappingNode):
        return [Child(str(k.value), k.start_mark.line, value) for k, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        return [Child(n, item.start_mark.line, item) for n, item in enumerate(node.value)]
    return []


def _refuse_repeated_keys(file: str, node: yaml.Node | None) -> None:
    seen = set()
    for key, at, value in children(node):
        if key in seen:
            raise ProjectError(f"{file}:{at + 1}: {key} is there twice: remove one.")
        seen.add(key)
        _refuse_repeated_keys(file, value)
