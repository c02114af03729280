"""Check an answers file before `copier copy` reads it; nothing is written.

Copier itself ignores unknown answers, turns a bare `on` into "True" and stops at the first bad
answer with a traceback. Here each bad answer gets one sentence, and the exit code is 1.
"""

import argparse
import difflib
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from copier import run_copy

from .template import ROOT, HookError, load_yaml, questions

REFUSED = re.compile(r"(?:Validation error for question|Invalid choice for) '(\w+)': (.*)", re.S)


def _misread(name: str, value: Any, known: dict[str, dict[str, Any]]) -> str | None:
    """Return what is wrong before Copier sees the answer, if anything is."""
    asked = [other for other, details in known.items() if details.get("when") is not False]
    if name not in asked:
        near = difflib.get_close_matches(name, asked, 1)
        hint = f"did you mean {near[0]}?" if near else f"the questions are {', '.join(asked)}."
        return f"There is no such question; {hint}"
    if known[name]["type"] == "str" and not isinstance(value, str):
        return "Write the value in quotes: YAML does not read it as text."
    choices = known[name].get("choices")
    values = list(choices.values()) if isinstance(choices, dict) else choices
    if values and value not in values:
        return f"Choose one of {', '.join(values)}."
    return None


def _refused(answers: dict[str, Any]) -> dict[str, str]:
    """Ask Copier to take the answers for a template without files; return its objections."""
    answers, problems = dict(answers), {}
    with tempfile.TemporaryDirectory() as directory:
        template = Path(directory) / "template"
        shutil.copytree(ROOT / "questions", template / "questions")
        shutil.copy(ROOT / "copier.yml", template)
        (template / "template").mkdir()
        while True:
            try:
                run_copy(
                    str(template), f"{directory}/copy", data=answers, defaults=True, quiet=True
                )
            except ValueError as error:
                match = REFUSED.fullmatch(str(error))
                if match is None:
                    raise
                problems[match[1]] = match[2]
                if answers.pop(match[1], None) is None:  # a default that follows another answer
                    return problems
            else:
                return problems


def problems(answers: dict[Any, Any]) -> list[str]:
    """Return one sentence for each answer that Copier would refuse, ignore or misread."""
    known = questions()
    given = {str(name): value for name, value in answers.items() if not str(name).startswith("_")}
    misread = {name: _misread(name, value, known) for name, value in given.items()}
    rest = {name: value for name, value in given.items() if misread[name] is None}
    found = {name: sentence for name, sentence in misread.items() if sentence} | _refused(rest)
    return [f"{name}: {sentence}" for name, sentence in found.items()]


def main(arguments: list[str] | None = None) -> int:
    """Print one line for each bad answer of a file and return the exit code."""
    parser = argparse.ArgumentParser(description="Check an answers file for this template.")
    parser.add_argument("answers", type=Path, help="YAML file with one 'question: answer' a line")
    try:
        found = problems(load_yaml(parser.parse_args(arguments).answers))
    except HookError as error:
        found = [str(error)]
    for sentence in found:
        print(f"error: {sentence}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
