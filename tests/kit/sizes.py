"""Limits of size: beyond them a file or a function is two."""

import ast
from fnmatch import fnmatch
from pathlib import Path

from .gates import Findings, Gate, texts

LIMITS = [  # the first pattern that a path matches decides
    ("*requirements/*.txt", None),
    ("*requirements.txt", None),
    ("tests/test_*.py", 300),
    ("tests/*/test_*.py", 300),
    ("*.py", 200),
    ("*README.md", 80),
    ("*AGENTS.md", 40),
    ("*docs/decisions/*.md", 40),
    ("*runbooks/*.md", 90),
    ("*Makefile", 120),
    ("copier.yml", 100),  # settings, and two lines a file of questions
    ("questions/*.yml", 60),
    (".github/workflows/*", 120),
    ("*.yaml", 150),
    ("*.yml", 150),
    ("*.tf", 250),
]
FUNCTION = 30


def _limit(name: str) -> int | None:
    return next((limit for pattern, limit in LIMITS if fnmatch(name, pattern)), None)


def file_sizes(directory: Path) -> Findings:
    """No file is longer than its kind may be."""
    findings = Findings()
    for name, text in texts(directory):
        if limit := _limit(name):
            lines = text.count("\n")
            findings.add([f"{name}: {lines} lines, at most {limit}"] * (lines > limit))
    return findings


def function_sizes(directory: Path) -> Findings:
    """No function is longer than a reader keeps in mind."""
    findings = Findings()
    for name, text in texts(directory):
        if not name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                problem = f"{name}: {node.name} has {lines} lines, at most {FUNCTION}"
                findings.add([problem] * (lines > FUNCTION))
    return findings


SIZES = [Gate(file_sizes, floor=30), Gate(function_sizes, floor=40)]
