"""`slipway post-mortem`: a page in docs/post-mortems/ whose timeline is filled in already."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from ..errors import ProjectError
from ..files import write_bytes
from ..settings import settings
from . import alerts, events, page

DIRECTORY = "docs/post-mortems"
DAYS = 7  # before now, unless the day is given on which it began
LONGEST = 60  # characters of a file's name that stand for the incident

Source = Callable[[datetime], list[events.Event]]


def main(incident: str, since: date | None = None, prometheus: str = "") -> None:
    """Write the page of an incident, and say where it is and what its timeline lacks.

    `prometheus` is the address of one that has watched.

    Raises:
        ProjectError: The incident has no words, its page is there already, or docs/post-mortem.md
            is not what it was.
    """
    now = datetime.now(UTC)
    name = f"{DIRECTORY}/{now:%Y-%m-%d}-{slug(incident)}.md"
    path = settings().project_root / name
    if path.exists():
        raise ProjectError(f"{name} is there already: edit it, or say INCIDENT in other words.")
    shape = page.shape()
    start = datetime.combine(since, time(), UTC) if since else now - timedelta(days=DAYS)
    sources: list[Source] = [events.releases, events.verdicts, events.watches]
    if prometheus:
        sources.append(lambda day: alerts.fired(prometheus, day, now))
    found, lacks = collect(sources, start)
    write_bytes(path, page.write(shape, incident, start, found, lacks).encode())
    for sentence in lacks:
        print(f"warning: the timeline lacks something: {sentence}")
    print(f"{name} is begun, with {len(found)} lines since {start:%Y-%m-%d} in its timeline.")


def slug(incident: str) -> str:
    """Return what a file may be called after an incident.

    Raises:
        ProjectError: There are no letters and no digits in it.
    """
    words = re.findall(r"[a-z0-9]+", incident.lower())
    if not words:
        raise ProjectError('Say what happened: make post-mortem INCIDENT="late labels".')
    return "-".join(words)[:LONGEST].rstrip("-")


def collect(sources: list[Source], start: datetime) -> tuple[list[events.Event], list[str]]:
    """Return the events of all sources, oldest first, and why a source could tell nothing.

    What is away during an incident is often what the incident is about, so nothing stops at it.
    """
    found: list[events.Event] = []
    lacks = []
    for source in sources:
        try:
            found += source(start)
        except ProjectError as error:
            lacks.append(str(error))
    return sorted(found), lacks
