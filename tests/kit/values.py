"""What a reader of a file gets out of it: the values after its own language has parsed them."""

import ast
import json
import tomllib
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import markdown
import yaml


class _Text(HTMLParser):
    """Collects what a reader of a page sees."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(f"<{tag} {attrs}>")

    def handle_data(self, data: str) -> None:
        self.seen.append(data)


def _page(text: str) -> list[str]:
    reader = _Text()
    reader.feed(markdown.markdown(text, extensions=["tables", "fenced_code"]))
    return reader.seen


def _tree(node: Any) -> Any:
    """Turn a syntax tree into lists, so that texts inside can be compared."""
    if isinstance(node, ast.AST):
        return [type(node).__name__, *(_tree(value) for _, value in ast.iter_fields(node))]
    return [_tree(item) for item in node] if isinstance(node, list) else node


def parse(name: str, text: str) -> Any:
    """Parse `text` by the language that the file's name tells; other files are their lines."""
    match Path(name).suffix:
        case ".yaml" | ".yml":
            return list(yaml.safe_load_all(text))
        case ".json":
            return json.loads(text)
        case ".toml":
            return tomllib.loads(text)
        case ".py":
            return _tree(ast.parse(text))
        case ".md":
            return _page(text)
        case _:
            return text.splitlines()


def substitute(value: Any, words: Mapping[str, str]) -> Any:
    """Replace the words in every text inside `value`, keys included."""
    if isinstance(value, str):
        for word, replacement in words.items():
            value = value.replace(word, replacement)
        return value
    if isinstance(value, dict):
        return {substitute(k, words): substitute(v, words) for k, v in value.items()}
    return [substitute(item, words) for item in value] if isinstance(value, list) else value
