"""What Git, the model registry and the monitor's store remember of the days of an incident."""

from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from .. import registry, repository, store
from ..project import project
from ..settings import settings

CHANGES = "--diff-filter=M"  # the commit that adds the file releases nothing
RELEASES = "environments/*/release.yaml"
REPORT = ".json"


class Event(NamedTuple):
    """Something that happened, and how it is known."""

    at: datetime
    what: str
    known: str


class _Decision(msgspec.Struct):
    reason: str


class _Watch(msgspec.Struct):
    """The part of a monitor's report that a timeline shows."""

    environment: str
    month: str
    decision: _Decision


def releases(start: datetime, paths: str = RELEASES) -> list[Event]:
    """Return the promotions and rollbacks that were committed since, of all or of one environment.

    Raises:
        ProjectError: There is no repository, the clone is shallow, or Git cannot say.
    """
    repository.require_history()
    log = repository.read(
        *("log", f"--since={start.isoformat()}", "--no-show-signature", "-z", CHANGES),
        *("--format=%cI %h %s", "--", paths),
    )
    entries = [entry.split(" ", 2) for entry in log.split("\0") if entry]
    return [
        Event(_utc(datetime.fromisoformat(at)), subject, f"Git, {commit}")
        for at, commit, subject in entries
    ]


def verdicts(start: datetime) -> list[Event]:
    """Return the versions that were registered since, and what the gate said of each.

    Raises:
        ProjectError: MLflow cannot be reached.
    """
    found = []
    for at, version in registry.registered_since(start):
        report = registry.read_report(version)
        said = f"the gate: {report.sentence}" if report else "the gate was not asked."
        what = f"{version.name} v{version.number} was registered; {said}"
        found.append(Event(at, what, "the model registry"))
    return found


def watches(start: datetime) -> list[Event]:
    """Return what the monitor said since, the last time that it looked at each month.

    Raises:
        ProjectError: The store cannot be read.
    """
    return [event for environment in project().environments for event in _kept(environment, start)]


def _kept(environment: str, start: datetime) -> list[Event]:
    found = []
    with store.opened(f"{settings().monitoring}/{environment}") as opened:
        entries = [entry for part in opened.list() for entry in part]
        for entry in entries:
            at, path = _utc(entry["last_modified"]), entry["path"]
            if at < start or not path.endswith(REPORT) or "/" in path:
                continue
            try:
                watch = msgspec.json.decode(bytes(opened.get(path).bytes()), type=_Watch)
            except msgspec.DecodeError:
                continue  # what another version has written there is no reason to stop
            what = f"watch of {watch.environment}, {watch.month}: {watch.decision.reason}"
            found.append(Event(at, what, "the monitor"))
    return found


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
