"""Texts as Python and YAML write them, whatever letters a table's names hold."""

import unicodedata
from typing import Any

WIDTH = 100  # of a line, as the project's formatter has it
PLAIN = "ßæøœłđþð°²³€µ"  # no accented letters, and nobody takes them for others
NO_LIMIT = "  # noqa: E501"


def literal(value: Any) -> str:
    """Return a value as Python writes it, in the quotes that the formatter chooses."""
    if not isinstance(value, str):
        return repr(value)
    quote = "'" if value.count('"') > value.count("'") else '"'
    return _in_quotes(value, quote)


def quoted(text: str) -> str:
    """Return a text in double quotes, as YAML reads it back, and Python too."""
    return _in_quotes(text, '"')


def _in_quotes(text: str, quote: str) -> str:
    return quote + "".join(_escaped(mark, quote) for mark in text) + quote


def _escaped(mark: str, quote: str) -> str:
    if mark in (quote, "\\"):
        return f"\\{mark}"
    return mark if _is_plain(mark) else mark.encode("unicode_escape").decode()


def _is_plain(mark: str) -> bool:
    """Tell whether nobody takes a character for another one, and a terminal shows it."""
    if mark.isascii():
        return mark.isprintable()
    accented = unicodedata.normalize("NFD", mark)[0].isascii() and mark.isalpha()
    return mark.lower() in PLAIN or (accented and unicodedata.name(mark, "").startswith("LATIN"))


def joined(lines: list[str]) -> str:
    """Return the lines of a module; one that a long name makes too long is excused."""
    return "\n".join(line + NO_LIMIT if _is_too_long(line) else line for line in lines)


def _is_too_long(line: str) -> bool:
    """Tell what ruff would say; it excuses a line of one word by itself."""
    return len(line) > WIDTH and len(line.split()) > 1


def indented(lines: list[str]) -> list[str]:
    """Return lines one level deeper."""
    return [f"    {line}" for line in lines]
