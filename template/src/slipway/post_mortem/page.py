"""The page: docs/post-mortem.md, with what is known filled in."""

import re
from datetime import datetime

from ..errors import ProjectError
from ..project import project
from ..release import record
from ..settings import settings
from .events import Event

SHAPE = "docs/post-mortem.md"
BEGINS = "**Blameless.**"  # what stands before says how to make a copy
ROWS = re.compile(r"(\| time \|.*\n\| ---.*\n)(?:\|.*\n)+")
INCIDENT = "| Incident | |"
MODEL = re.compile(r"\| Model in [\w-]+ \(version, digest\) \| \|")
EXAMPLE = "2013-05"  # the month in the commands of the shape


def shape() -> str:
    """Return the page that every post-mortem begins as.

    Raises:
        ProjectError: It is missing, or lacks the places that are filled in.
    """
    path = settings().project_root / SHAPE
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    if not all((ROWS.search(text), BEGINS in text, INCIDENT in text)):
        raise ProjectError(f"{SHAPE} has no timeline to fill in: restore it from Git.")
    return text


def write(text: str, incident: str, start: datetime, found: list[Event], lacks: list[str]) -> str:
    """Return the page of an incident; `lacks` are sentences about what could not be asked."""
    body = text[text.index(BEGINS) :].replace(EXAMPLE, f"{start:%Y-%m}")
    body = body.replace("](../", "](../../").replace(INCIDENT, f"| Incident | {_cell(incident)} |")
    last = project().last
    model = f"| Model in {last} (version, digest) | {_cell(_model(last))} |"
    body = MODEL.sub(lambda _: model, body, count=1)
    rows = "".join(map(_row, found)) or "| | | |\n"
    notes = "".join(f"\nMissing above: {sentence}\n" for sentence in lacks)
    body = ROWS.sub(lambda table: table[1] + rows + notes, body, count=1)
    return f"# {' '.join(incident.split())}\n\n{body}"


def _model(environment: str) -> str:
    """Return what an environment runs now; nothing where its file cannot be read."""
    try:
        release = record.released(environment)
    except ProjectError:
        return ""
    return f"{release.title}, {release.model_digest[:12]}" if release else "none"


def _row(event: Event) -> str:
    return f"| {event.at:%Y-%m-%d %H:%M} | {_cell(event.what)} | {_cell(event.known)} |\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
