"""Fixtures of the gate's tests: limits to change, judged bundles, and made-up rows."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
import yaml

from slipway import bundle, gate
from slipway.contract.gate import GateReport, Judged
from slipway.contract.manifest import Manifest
from slipway.evaluate import measure
from slipway.features import Array, Columns
from slipway.gate.models import Measured
from slipway.objectives import objectives
from slipway.training_data.columns import read_columns

Ask = Callable[..., None]
Judge = Callable[[int, int | None], GateReport]
Answer = Callable[..., Measured]
DAYS, ROWS_A_DAY = 14, 300


@pytest.fixture
def ask(project: Path) -> Ask:
    """Return a function that changes the gate's limits in objectives.yaml."""

    def change(**limits: object) -> None:
        path = project / "objectives.yaml"
        document = yaml.safe_load(path.read_text())
        document["gate"] |= limits
        path.write_text(yaml.safe_dump(document))
        objectives.cache_clear()

    change(minimum={"auc": 0.51}, maximum={"calibration_error": 0.3}, group_loss_maximum=1)
    return change


@pytest.fixture
def judge(make_bundle: Callable[[int], Path], rows_dir: Path) -> Judge:
    """Return a function that judges models by their number of trees on the held-out rows."""
    rows = read_columns(rows_dir / "holdout.parquet")

    def on_holdout(challenger: int, champion: int | None) -> GateReport:
        running = None
        if champion is not None:
            running = gate.measured_champion(make_bundle(champion), rows)
        return gate.judge(bundle.load(make_bundle(challenger)), running, rows)

    return on_holdout


def made_up(days: int = DAYS, rows_a_day: int = ROWS_A_DAY, seed: int = 1) -> Columns:
    """Return labelled rows of so many days, whose `cause` makes the event likelier."""
    generator = np.random.default_rng(seed)
    rows = days * rows_a_day
    cause = generator.normal(size=rows)
    return {
        "handed_over": np.datetime64("2024-05-01T10:00", "m")
        + np.repeat(np.arange(days), rows_a_day) * np.timedelta64(1440, "m"),
        "depot": generator.choice(np.array(["BER", "HAM", "MUC"], dtype=object), rows),
        "cause": cause,
        "label": (generator.random(rows) < 1 / (1 + np.exp(1 - cause))).astype(np.int64),
    }


def guesses(rows: Columns, noise: float | Array, seed: int = 2) -> Array:
    """Return predictions (n,) that know the cause up to so much noise."""
    blurred = rows["cause"] + noise * np.random.default_rng(seed).normal(size=len(rows["cause"]))
    return np.asarray(1 / (1 + np.exp(1 - blurred)), np.float32)


@pytest.fixture
def answer(bundle_dir: Path) -> Answer:
    """Return a function that makes a model of its predictions, trained until a day."""
    manifest = bundle.read_manifest(bundle_dir)

    def model(rows: Columns, predictions: Array, until: str = "2024-05-01") -> Measured:
        judged = Judged("m" * 64, "n" * 64, measure(rows, predictions, objectives()))
        return Measured(judged, trained_until(manifest, until), predictions)

    return model


def trained_until(manifest: Manifest, day: str) -> Manifest:
    """Return a manifest whose training ended on another day."""
    training = msgspec.structs.replace(manifest.training, end=day)
    return msgspec.structs.replace(manifest, training=training)
