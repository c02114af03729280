"""Check an answers file before `copier copy` reads it; nothing is written.

Copier itself ignores unknown answers, turns a bare `on` into "True" and stops at the first bad
answer with a traceback. Here each bad answer gets one sentence, and the exit code is 1.
"""

import argparse
import difflib
import functools
import sys
from pathlib import Path
from typing import Any

from jinja2 import Template

from .template import HookError, environment, load_yaml, questions


def _misread(name: str, value: Any, known: dict[str, dict[str, Any]]) -> str | None:
    """Return what Copier would not notice about an answer, or say less clearly."""
    asked = [other for other, details in known.items() if details.get("when") is not False]
    if name not in asked:
        near = difflib.get_close_matches(name, asked, 1)
        hint = f"did you mean {near[0]}?" if near else f"the questions are {', '.join(asked)}."
        return f"There is no such question; {hint}"
    if known[name]["type"] == "bool" and not isinstance(value, bool):
        return "Write true or false."
    if known[name]["type"] == "str" and not isinstance(value, str):
        return "Write the value in quotes: YAML does not read it as text."
    choices = known[name].get("choices")
    values = list(choices.values()) if isinstance(choices, dict) else choices
    if values and value not in values:
        return f"Choose one of {', '.join(values)}."
    return None


@functools.cache
def _compile(text: str) -> Template:
    return environment().from_string(text)


def problems(answers: dict[Any, Any]) -> list[str]:
    """Return one sentence for each answer that Copier would refuse, ignore or misread."""
    known = questions()
    given = {str(name): value for name, value in answers.items() if not str(name).startswith("_")}
    found = {name: _misread(name, value, known) for name, value in given.items()}
    context: dict[str, Any] = {}
    for name, details in known.items():
        default: Any = _compile(details["default"]).render(context)
        if details["type"] == "bool":
            default = default == "True"
        context[name] = default if found.get(name) else given.get(name, default)
        if (name in given and not found[name]) or not any(found.values()):  # else a default's fault
            validator = _compile(details.get("validator", ""))
            found[name] = validator.render(context).strip()
    return [f"{name}: {sentence}" for name, sentence in found.items() if sentence]


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
