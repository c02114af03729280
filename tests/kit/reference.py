"""Write the reference pages of docs/ from copier.yml and questions/: they cannot be wrong."""

import re
from typing import Any

from hooks.template import ROOT, ownership, questions, settings

PAGES = ROOT / "docs/reference"
WHERE = {"cluster": "the project has a cluster", "monitoring": "Prometheus watches"}
HIDDEN = "Not asked: answer it by `--data` or in a file, or let the profile decide"
ASKED = {name: details for name, details in questions().items() if details.get("when") is not False}


def _cell(text: str) -> str:
    """Show a tag of the template as the answer that it stands for."""
    return re.sub(r"#\{ (.*?) \}#", r"{\1}", text)


def short_table() -> str:
    """Return the table of the README: every question with its default."""
    rows = [
        f"| `{name}` | {asked['help']} | `{_cell(asked['default'])}` |"
        for name, asked in ASKED.items()
    ]
    return "\n".join(["| answer | question | default |", "| --- | --- | --- |", *rows, ""])


def _section(name: str, details: dict[str, Any]) -> str:
    lines = [f"## {name}", "", details["help"], "", f"- Default: `{_cell(details['default'])}`"]
    if "when" in details:
        where = WHERE.get(details["when"].strip("#{} "))
        lines.append(f"- Asked only where {where}" if where else f"- {HIDDEN}")
    choices = details.get("choices", [])
    for choice in choices.items() if isinstance(choices, dict) else ((c, c) for c in choices):
        label, value = choice
        lines.append(f"- Choice: `{value}`" + (f", {label.partition(' - ')[2]}" * (label != value)))
    sentences = re.sub(r"#%.*?%#", "\0", details.get("validator", "")).split("\0")
    lines += [f"- Refused with: {_cell(text.strip())}" for text in sentences if text.strip()]
    return "\n".join(lines)


def question_page() -> str:
    """Return reference/questions.md."""
    intro = (
        "# Questions\n\nIn the order of asking. An answer is text that comes out as it went in, in"
        " every file; what would not is refused before a file is written."
    )
    return (
        "\n\n".join([intro, *(_section(name, details) for name, details in ASKED.items())]) + "\n"
    )


def ownership_page() -> str:
    """Return reference/ownership.md."""
    owner = ownership({name: details["default"] for name, details in ASKED.items()})
    patterns = [str(pattern.pattern) for pattern in owner.user.patterns]
    users = [f"`{pattern}`" for pattern in patterns if pattern[0] != "!"]
    users += [f"without `{pattern[1:]}`" for pattern in patterns if pattern[0] == "!"]
    seeded = [f"`{pattern}`" for pattern in settings()["_skip_if_exists"]]
    return f"""# Ownership

Who may change a file of a project, and what an update does to it.

| owner | files | an update |
| --- | --- | --- |
| the user, from the first copy on | {", ".join(users)} | does not look at them |
| the user, written once | {", ".join(seeded)} | writes them when they are missing |
| the template | everything else | merges its changes with a user's edits |
"""


def pages() -> dict[str, str]:
    """Return the text of every generated page by its file name."""
    return {"questions.md": question_page(), "ownership.md": ownership_page()}


def main() -> None:
    """Write every generated page."""
    for name, text in pages().items():
        (PAGES / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
