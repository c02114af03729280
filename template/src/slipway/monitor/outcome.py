"""What a workflow reads of a monitoring run, for its parameters and for Prometheus."""

import math
import time

from ..tasks import VALUE
from .report import Report


def results(report: Report, quality: str, refusals: int, registered: float) -> dict[str, str]:
    """Return each value by name; a figure without a value is NaN, `finished` is the time now.

    `refusals` counts the challengers that the gate refused since the last one that it passed,
    `registered` is when the model was registered that the environment has released, since 1970.
    """
    performance = report.performance
    return {
        "as-of": str(report.as_of),
        "decision": "retrain" if report.decision.retrain else "keep",
        "drifted-columns": str(len(report.drift.flagged)),
        "finished": str(int(time.time())),
        "labelled-share": f"{performance.labelled_share:.4f}",
        "month": report.month,
        "quality": f"{performance.values.get(quality, math.nan):.4f}",
        "refusals": str(refusals),
        "value": f"{performance.values.get(VALUE, math.nan):.2f}",
        "registered": f"{registered:.0f}",
    }
