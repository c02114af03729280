"""Fixtures of every test: the renderer, and the report of what the gates have counted."""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from hooks.template import ROOT
from tests.kit.gates import Findings
from tests.kit.project import Project, Renderer, answers_of, isolate

FIRST = ("test_generated", "test_wall")  # the longest go first, so that no worker waits for one


def pytest_configure(config: pytest.Config) -> None:
    """Read no settings of the developer's, in no process of the run."""
    isolate(ROOT / "tests/kit/no-settings.yml")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest tests first."""
    items.sort(key=lambda item: not any(name in item.nodeid for name in FIRST))


@pytest.fixture(scope="session")
def run_directory(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Directory of this test run; the workers share it."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def render(run_directory: Path) -> Renderer:
    return Renderer(run_directory / "renders")


@pytest.fixture(scope="session")
def standard(render: Renderer) -> Project:
    return render(answers_of(ROOT / "tests/scenarios/standard.yml"))


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Callable[[str, int, int], None]:
    """Return a function that reports how much a test has checked, and fails below a floor."""

    def report(gate: str, checked: int, floor: int) -> None:
        record_property("gate", (gate, checked, floor))
        assert checked >= floor, f"{gate} checked {checked}, the floor is {floor}"

    return report


@pytest.fixture
def passes(count: Callable[[str, int, int], None]) -> Callable[[str, Findings, int], None]:
    """Return a function that asserts that a gate found nothing wrong."""

    def check(gate: str, findings: Findings, floor: int) -> None:
        count(gate, findings.checked, floor)
        assert not findings.problems, "\n".join(findings.problems)

    return check


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what every gate has counted over the whole run."""
    totals: dict[str, int] = defaultdict(int)
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", []):
                if name == "gate" and report.when == "call":
                    totals[value[0]] += value[1]
    terminalreporter.section("checked")
    for gate, checked in sorted(totals.items()):
        terminalreporter.write_line(f"{checked:>8,}  {gate}")
