"""Facts of a model's health, made by hand."""

from datetime import UTC, datetime

import msgspec

from slipway.contract.gate import GateReport, Judged
from slipway.contract.metrics import Metrics
from slipway.health.actions import Action, Incident
from slipway.health.facts import Facts
from slipway.health.facts import Judged as Trained
from slipway.monitor.report import Report
from slipway.post_mortem.events import Event
from slipway.registry import Version

NOW = datetime(2024, 6, 3, 9, 30, tzinfo=UTC)
LONG = (
    "refused on 12,956 rows: mean absolute error (min) 31.91 against the champion's 31.48 is not "
    "shown to be better: a gain of -0.4329, -2.959 to +2.093 with 80% confidence over 14 days."
)


def trained(number: int, passed: bool) -> Trained:
    """Return a version with a verdict."""
    judged = Judged("ab" * 32, "cd" * 32, Metrics(10, {}, {}))
    sentence = "passed on 10 rows: AUC 0.750, within every limit." if passed else LONG
    report = GateReport(passed, sentence, [], judged, None, 10, "ef" * 32)
    names = ("late-parcels", number, "run", "ab" * 32, "cd" * 32, "2024-05-01")
    return Trained(NOW, Version(*names, "ef" * 32, "commit", "refused", "", ""), report)


def facts(report: Report, months: int = 12) -> Facts:
    """Return a year that ends with the month of a report."""
    performance = report.performance
    values = performance.values | {"value_per_1000": -8_400_248}
    performance = msgspec.structs.replace(performance, values=values)
    report = msgspec.structs.replace(report, performance=performance)
    names = [f"{2023 + (4 + n) // 12}-{(4 + n) % 12 + 1:02}" for n in range(13 - months, 13)]
    return Facts(
        environment="prod",
        now=NOW,
        months=[msgspec.structs.replace(report, month=name) for name in names],
        running=None,
        versions=[trained(1, passed=True), trained(2, passed=False)],
        releases=[Event(NOW, "release(prod): late-parcels v1, as everybody asked", "Git, 1a2b3c4")],
        incidents=[
            Incident("docs/post-mortems/2024-05-02-late.md", "Late labels", []),
            Incident(
                "docs/post-mortems/2024-05-09-gone.md",
                "A depot was gone",
                [
                    Action("Refuse a day without <rows> of a depot " * 3, "Parcels", "2024-06-01"),
                    Action("Ask for the list", "", "soon"),
                ],
            ),
        ],
        cost=["late-parcels in kind, the last 7 days", "what      EUR", f"serving {'9' * 90}"],
        lacks={},
    )
