"""Fixtures of the monitor's tests: limits, and one month's report."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slipway import bundle, registry
from slipway.contract.interval import Interval
from slipway.monitor import captures, fold
from slipway.monitor.baseline import build_baseline, count
from slipway.monitor.decide import Decision
from slipway.monitor.drift import compare
from slipway.monitor.performance import Performance
from slipway.monitor.report import Point, Report, Served
from slipway.objectives import Monitoring, Objectives, objectives
from tests.engine.scoring.conftest import publish

__all__ = ["publish"]

ROWS = 2000
BOUNDS = Interval(0.63, 0.67, 0.8, 30)
HOSTILE = "<script>alert('x')</script>"


@pytest.fixture
def limits() -> Monitoring:
    """Return limits of the tests' own: whoever changes objectives.yaml need not change them."""
    return Monitoring(
        quality_objective=0.68,
        minimum_rows=1000,
        psi_maximum=0.2,
        ks_maximum=0.15,
        js_maximum=0.15,
        cooldown_days=20,
    )


@pytest.fixture
def targets(limits: Monitoring) -> Objectives:
    """Return the project's objectives with those limits."""
    return objectives().model_copy(update={"monitoring": limits})


@pytest.fixture
def report(limits: Monitoring) -> Report:
    """Return a month in which `weight` moved and a category came with a hostile name."""
    generator = np.random.default_rng(1)
    weight = generator.normal(10, 2, ROWS).astype(np.float32)
    depot = np.array(["BER", HOSTILE] * (ROWS // 2), dtype=object)
    predictions = {"prediction": generator.random(ROWS, dtype=np.float32)}
    baseline = build_baseline({"weight": weight, "depot": depot}, predictions)
    current = count(baseline.features, {"weight": weight + 9, "depot": depot})
    same = count(baseline.predictions, predictions)
    values = {
        "event_rate": 0.2,
        "auc": 0.65,
        "brier": 0.15,
        "calibration_error": 0.03,
        "value_per_1000": 2100,
    }
    return Report(
        environment="prod",
        month="2024-05",
        as_of=date(2024, 6, 1),
        model=Served("late-parcels", 3, "ab" * 32, date(2024, 5, 1)),
        decision=Decision("retrain", "AUC 0.650 misses 0.68: train again.", retrain=True),
        performance=Performance(ROWS, 1500, 0.75, values, {"HAM": 0.6}, BOUNDS),
        drift=compare(baseline, current, same, limits),
        trend=[Point("2024-04", 0.72), Point("2024-05", 0.65, BOUNDS)],
        other_models={"cd" * 32: 12},
        unreadable_lines=1,
        unusable_outcomes={f"'{HOSTILE}'": 2, "''": 1},
    )


@pytest.fixture
def model(empty_registry: None, bundle_dir: Path) -> bundle.Model:
    registry.register(bundle_dir)
    return bundle.load(bundle_dir)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the days of which captures are read, in their order; each is a span of its own."""
    paths: list[str] = []
    contents = captures.contents

    def noted(opened: Any, asked: list[str]) -> Iterator[bytes]:
        paths.extend(sorted({path[len("2024-") : len("2024-05/01")] for path in asked}))
        return contents(opened, asked)

    monkeypatch.setattr(captures, "contents", noted)
    monkeypatch.setattr(fold, "SPAN_BYTES", 1)
    return paths
