"""Each alert is caused, reaches somebody, and ends by what its runbook says, word for word.

Two rules count in hours and days; a commit lets them count in minutes for this day.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from hooks.template import load_yaml
from offline import machine
from tests.e2e.kit import faults, on_call, runbooks, waiting
from tests.e2e.kit.delivery import Delivered, Measured
from tests.e2e.kit.game_day import FAULTS, Fault
from tests.kit import versions

ENDED = 1500  # seconds after the last mitigation: windows of 15 minutes, an interval of 5
HEARTBEAT = 300  # seconds after which somebody outside calls, as docs/how-to/who-is-told.md says
SHORTER = {
    "components/workflows/monitoring/alerts.yaml": {"> 86400": "> 240", "for: 26h": "for: 1m"},
    "components/serving/monitoring/alerts.yaml": {
        "[6h]": "[15m]",
        "[1h]": "[10m]",
        "for: 1h": "for: 1m",
    },
}


@dataclass
class Course:
    """How one alert went; times in seconds since 1970."""

    caused: float
    told: float = 0.0
    mended: float = 0.0
    ended: float = 0.0
    diagnosis: str = ""


@dataclass
class Day:
    """What happened on a game day."""

    project: Delivered
    courses: dict[str, Course] = field(default_factory=dict)

    def __str__(self) -> str:
        rows = [f"{'alert':<32} {'fault to page':>14} {'page to resolved':>17}"]
        rows += [
            f"{alert:<32} {one.told - one.caused:>14.0f} {one.ended - one.told:>17.0f}"
            for alert, one in self.courses.items()
        ]
        return "\n".join(rows)

    def advance(self, open_faults: list[Fault]) -> list[Fault]:
        """Follow the runbook of whatever somebody was told of; return what is not over."""
        for fault in open_faults:
            course = self.courses[fault.alert]
            if not course.told and (told := self.heard(fault, "firing", course.caused)):
                course.told = told
                self.follow(fault)
            elif course.mended and (ended := self.heard(fault, "resolved", course.mended)):
                course.ended = ended
        return [fault for fault in open_faults if not self.courses[fault.alert].ended]

    def heard(self, fault: Fault, status: str, since: float) -> float:
        """Return when somebody was told how an alert stands, 0 if nobody was."""
        found = on_call.first(self.project, fault.alert, status, since)
        return found.at if found else 0.0

    def follow(self, fault: Fault) -> None:
        """Do what the runbook says."""
        page = runbooks.of(self.project)[fault.alert]
        course, environment = self.courses[fault.alert], fault.environment
        course.diagnosis = runbooks.follow(self.project, page, "Diagnosis", environment)
        if fault.commands:
            runbooks.follow(self.project, page, "Mitigation", environment)
        if fault.mend:
            fault.mend(self.project)
        self.project.refresh()
        course.mended = time.time()


@pytest.fixture(scope="module")
def told(released: Delivered) -> Iterator[Delivered]:
    """Let somebody be told of the alerts of a project that serves already."""
    released.git("pull", "--quiet", "--rebase", "kind", "main")
    on_call.arrive(released)
    version = load_yaml(released.path / ".copier-answers.yml")["_commit"]
    versions.update(released.path, version, {"alerts": "webhook"})
    released.up()
    released.git("branch", "--quiet", "--set-upstream-to=kind/main")
    faults.edit(released, SHORTER, "chore: a game day counts in minutes")
    released.settle(300)
    on_call.beats(released)
    yield released
    faults.revert(released, "a game day counts in minutes")


@pytest.fixture(scope="module")
def day(told: Delivered, measured: Measured) -> Day:
    """Cause every fault, follow the runbooks, and wait until all is well."""
    day = Day(told)
    for together in FAULTS:
        for fault in together:
            day.courses[fault.alert] = Course(time.time())
            fault.cause(told)
        left = list(together)

        def over(left: list[Fault] = left) -> bool:
            left[:] = day.advance(left)
            return not left

        patience = max(fault.promised for fault in together) + ENDED
        waiting.until(over, patience, lambda left=left: f"{day}\nopen: {left}")  # type: ignore[misc]
    for alert, one in day.courses.items():
        measured(f"{alert}: fault to page", one.told - one.caused)
        measured(f"{alert}: page to resolved", one.ended - one.told)
    return day


def alerts(project: Delivered) -> set[str]:
    """Name the alerts of a project; the heartbeat, and queues, have tests of their own."""
    return set(runbooks.of(project)) - {"Watchdog", "TrainingWaits"}


def test_no_alert_is_left_out(told: Delivered) -> None:
    planned = {fault.alert for together in FAULTS for fault in together}
    assert planned == alerts(told)


@pytest.mark.parametrize("fault", [f for part in FAULTS for f in part], ids=lambda f: f.alert)
def test_an_alert_is_told_in_time_and_its_runbook_ends_it(fault: Fault, day: Day) -> None:
    course = day.courses[fault.alert]
    assert course.told - course.caused <= fault.promised
    assert course.ended > course.mended


@pytest.mark.parametrize("fault", [f for part in FAULTS for f in part], ids=lambda f: f.alert)
def test_the_commands_of_a_runbook_show_what_is_wrong(fault: Fault, day: Day) -> None:
    assert fault.hint in day.courses[fault.alert].diagnosis


def test_one_broken_release_is_one_page(day: Day) -> None:
    pages = [
        one
        for one in on_call.told(day.project)
        if (one.environment, one.severity, one.status) == (faults.FAILING, "page", "firing")
    ]
    assert len(pages) == 1, pages


def test_nobody_is_told_of_what_is_well(day: Day) -> None:
    planned = {fault.alert for part in FAULTS for fault in part}
    assert {one.alert for one in on_call.told(day.project)} <= planned


def test_without_prometheus_the_heartbeat_stops(day: Day, measured: Measured) -> None:
    project, began = day.project, time.time()
    faults.scale_prometheus(project, 0)

    def silent() -> bool:
        last = on_call.told(project, "heartbeat")[-1].at
        return time.time() - max(last, began) > 150  # it comes each minute

    waiting.until(silent, 900, "the heartbeat goes on")
    last = on_call.told(project, "heartbeat")[-1].at
    measured("Prometheus gone, until somebody outside calls", last + HEARTBEAT - began)
    page = runbooks.of(project)["Watchdog"]
    assert "prometheus" in runbooks.follow(project, page, "Diagnosis", "")
    runbooks.follow(project, page, "Mitigation", "")
    faults.scale_prometheus(project, 1)
    back = time.time()
    waiting.until(
        lambda: on_call.told(project, "heartbeat")[-1].at > back, 180, "it has not come back"
    )


def test_a_wrong_command_in_a_runbook_is_found(told: Delivered) -> None:
    page = runbooks.of(told)["Watchdog"]
    path = told.path / page
    before = path.read_text("utf-8")
    path.write_text(before.replace("get events", "get evenings"), "utf-8")
    try:
        with pytest.raises(machine.HarnessError, match="evenings"):
            runbooks.follow(told, page, "Diagnosis", "")
    finally:
        path.write_text(before, "utf-8")
