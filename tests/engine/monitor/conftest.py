"""Fixtures of the monitor's tests: limits, and one month's report."""

from datetime import date

import numpy as np
import pytest

from slipway.monitor.decide import Decision
from slipway.monitor.drift import build_baseline, compare
from slipway.monitor.performance import Performance
from slipway.monitor.report import Point, Report, Served
from slipway.objectives import Monitoring

ROWS = 2000
HOSTILE = "<script>alert('x')</script>"


@pytest.fixture
def limits() -> Monitoring:
    """Return limits of the tests' own: whoever changes objectives.yaml need not change them."""
    return Monitoring(
        auc_objective=0.68,
        minimum_rows=1000,
        psi_maximum=0.2,
        ks_maximum=0.15,
        js_maximum=0.15,
        cooldown_days=20,
    )


@pytest.fixture
def report(limits: Monitoring) -> Report:
    """Return a month in which `wind` moved and a category came with a hostile name."""
    generator = np.random.default_rng(1)
    wind = generator.normal(10, 2, ROWS).astype(np.float32)
    carrier = np.array(["UA", HOSTILE] * (ROWS // 2), dtype=object)
    probabilities = generator.random(ROWS, dtype=np.float32)
    baseline = build_baseline({"wind": wind, "carrier": carrier}, probabilities)
    return Report(
        environment="prod",
        month="2013-05",
        as_of=date(2013, 6, 1),
        model=Served("flight-delays", 3, "ab" * 32, date(2013, 5, 1)),
        decision=Decision("retrain", "AUC 0.650 is below 0.68: train again.", retrain=True),
        performance=Performance(ROWS, 1500, 0.75, 0.2, 0.65, 0.15, 0.03, 2100, {"EWR": 0.6}),
        drift=compare(baseline, {"wind": wind + 9, "carrier": carrier}, probabilities, limits),
        trend=[Point("2013-04", 0.72), Point("2013-05", 0.65)],
        other_models={"cd" * 32: 12},
        unreadable_lines=1,
    )
