"""Changes of YAML and TOML files that keep every comment: what was meant is compared at the end."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, cast

import yaml

from ..errors import ProjectError
from .document import Keys, children

TABLE = re.compile(r"(?ms)^\[tool\.slipway\]\n.*?^environments *= *\[(.*?)\]")


def rename(text: str, names: Mapping[str, str]) -> str:
    """Return YAML in which each value that is one of the names is another."""
    nodes = {node.start_mark.index: node for node in _scalars(_at(text, ()))}
    for start in sorted(nodes, reverse=True):
        node = nodes[start]
        if node.value in names:
            text = _replace(text, node, names[node.value])
    return text


def put(text: str, keys: Keys, value: str) -> str:
    """Return YAML in which the text that the keys lead to is another."""
    return _replace(text, _at(text, keys), value)


def repeat(text: str, keys: Keys, old: str, new: str, file: str) -> str:
    """Return YAML in which the entry of a list that holds `old` is there again, with `new`.

    Raises:
        ProjectError: The list has no such entry, or is not written an entry a line.
    """
    wanted = yaml.safe_load(text)
    entries = _value(wanted, keys) or []
    place = next((n for n, entry in enumerate(entries) if old in _values(entry)), None)
    by_hand = f"{file}: add {new} to {'.'.join(map(str, keys))} by hand, beside {old}"
    if place is None:
        raise ProjectError(f"{by_hand}: no entry of the list names {old}.")
    entries.insert(place + 1, yaml.safe_load(rename(yaml.safe_dump(entries[place]), {old: new})))
    node = _at(text, (*keys, place))
    first = node.start_mark.line
    last = max(scalar.end_mark.line for scalar in _scalars(node))
    lines = text.splitlines(keepends=True)
    added = "".join(lines[first : last + 1]).replace(old, new)
    changed = "".join([*lines[: last + 1], added, *lines[last + 1 :]])
    if _loaded(changed) != wanted:
        raise ProjectError(f"{by_hand}: its entries are not written one a line.")
    return changed


def add_environment(text: str, after: str, name: str) -> str:
    """Return pyproject.toml with one more environment.

    Raises:
        ProjectError: The list is written in a way that cannot be changed.
    """
    wanted = tomllib.loads(text)
    names = wanted["tool"]["slipway"]["environments"]
    names.insert(names.index(after) + 1, name)
    changed = text
    if match := TABLE.search(text):
        listed = re.sub(rf"""(["']){re.escape(after)}\1""", rf'\g<0>, "{name}"', match[1])
        changed = text[: match.start(1)] + listed + text[match.end(1) :]
    if tomllib.loads(changed) != wanted:
        raise ProjectError(
            f"pyproject.toml: add {name!r} to environments under [tool.slipway] by hand, after "
            f"{after!r}: the list cannot be read line by line."
        )
    return changed


def _loaded(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None


def _value(content: Any, keys: Keys) -> Any:
    for key in keys:
        content = content.get(key) if isinstance(content, dict) else None
    return content


def _values(entry: Any) -> list[Any]:
    return list(entry.values()) if isinstance(entry, dict) else [entry]


def _at(text: str, keys: Keys) -> yaml.Node:
    # Whoever calls has read the text already: it is not empty.
    node = cast("yaml.Node", yaml.compose(text, yaml.SafeLoader))
    for key in keys:
        node = next(child.value for child in children(node) if child.key == key)
    return node


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    for child in children(node):
        yield from _scalars(child.value)


def _replace(text: str, node: yaml.Node, value: str) -> str:
    start, end = node.start_mark.index, node.end_mark.index
    return text[:start] + text[start:end].replace(node.value, value) + text[end:]
