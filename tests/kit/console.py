"""The commands that a page tells its reader to type."""

import re
import shlex
from collections.abc import Iterator
from string import Template

PROGRAMS = ("git", "kubectl", "make")
BLOCK = re.compile(r"^( *)```(console|bash|sh|shell)\n(.*?)^ *```", re.M | re.S)
FENCED = re.compile(r"^ *```.*?^ *```", re.M | re.S)
SPAN = re.compile(rf"`((?:{'|'.join(PROGRAMS)}) [^`\n]+)`")
INDENTED = re.compile(rf"^ {{4,}}((?:{'|'.join(PROGRAMS)}) .+)$", re.M)
HEREDOC = re.compile(r"<<'?(\w+)'?\n.*?^\1$", re.M | re.S)
ASSIGNED = re.compile(r"([A-Z]+)=(\S+)")
SUBSTITUTED = "$"  # what is left of $(...), whose command is one of its own


def commands(page: str) -> Iterator[list[str]]:
    """Yield the words of each command of git, kubectl and make, variables of the page put in."""
    variables: dict[str, str] = {}
    for line in _lines(page):
        for words in _simple(Template(line).safe_substitute(variables)):
            if match := ASSIGNED.fullmatch(words[0]):
                variables[match[1]] = match[2] if match[2] != SUBSTITUTED else "answer"
            elif words[0] in PROGRAMS:
                yield words


def _lines(page: str) -> Iterator[str]:
    for _, language, block in BLOCK.findall(page):
        text = HEREDOC.sub("", block.replace("\\\n", " "))
        lines = [line.strip() for line in text.splitlines()]
        if language == "console":
            lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
        yield from lines
    rest = FENCED.sub("", page)
    yield from SPAN.findall(rest)
    yield from INDENTED.findall(rest)


def _simple(line: str) -> Iterator[list[str]]:
    """Split a line of a shell into its commands, without comments and redirections."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    for word in [*lexer, ";"]:
        if not set(word) <= set(";&|<>()"):
            words.append(word)
        elif words:
            yield words
            words = []
