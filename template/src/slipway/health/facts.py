"""What is known of a model's health: by the monitor, the registry, Git, docs and Prometheus."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from .. import registry
from ..contract.gate import GateReport
from ..contract.release import Release
from ..errors import ProjectError
from ..monitor import archive
from ..monitor.report import Report
from ..post_mortem import events
from ..post_mortem.events import Event
from ..registry import Version
from ..release import record
from ..settings import settings
from . import actions
from .actions import Incident

T = TypeVar("T")
MONTHS = 12  # the newest that the page shows
VERSIONS = 12  # the same of versions and releases
DAYS = 400  # of Git's history


@dataclass(frozen=True)
class Judged:
    """A registered version, and what the gate said of it if it was asked."""

    at: datetime
    version: Version
    report: GateReport | None


@dataclass(frozen=True)
class Facts:
    """All that the page shows; `lacks` says by its part why something is not known.

    Months, versions and releases are oldest first. `cost` is a table in lines.
    """

    environment: str
    now: datetime
    months: list[Report]
    running: Release | None
    versions: list[Judged] = field(default_factory=list)
    releases: list[Event] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    cost: list[str] = field(default_factory=list)
    lacks: dict[str, str] = field(default_factory=dict)


def gather(environment: str, prometheus: str, cluster: str) -> Facts:
    """Ask everything; what does not answer is a sentence on the page, and no reason to stop."""
    now, lacks = datetime.now(UTC), dict[str, str]()

    def asked(part: str, call: Callable[[], list[T]]) -> list[T]:
        try:
            return call()
        except ProjectError as error:
            lacks[part] = str(error)
            return []

    return Facts(
        environment,
        now,
        asked("months", lambda: archive.reports(f"{settings().monitoring}/{environment}"))[
            -MONTHS:
        ],
        next(iter(asked("running", lambda: _running(environment))), None),
        asked("versions", _versions),
        asked("releases", lambda: _releases(environment, now)),
        asked("incidents", actions.read),
        asked("cost", lambda: _cost(prometheus, cluster)),
        lacks,
    )


def _running(environment: str) -> list[Release]:
    release = record.released(environment)
    return [release] if release else []


def _versions() -> list[Judged]:
    newest = registry.registered_since(datetime.min.replace(tzinfo=UTC))[-VERSIONS:]
    return [Judged(at, version, registry.read_report(version)) for at, version in newest]


def _releases(environment: str, now: datetime) -> list[Event]:
    path = record.location(environment)
    return sorted(events.releases(now - timedelta(days=DAYS), path))[-VERSIONS:]


def _cost(prometheus: str, cluster: str) -> list[str]:
    from .. import cost

    return cost.lines(None, None, prometheus, cluster) if prometheus else []
