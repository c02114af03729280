"""How a made-up product becomes a repository, is trained, judged, and asked."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from slipway import command, gate, registry, release
from slipway.contract.gate import GateReport
from slipway.demo import traffic
from slipway.project import project
from slipway.release import record
from slipway.settings import settings
from slipway.tasks import VALUE
from slipway.training import steps
from tests.engine.kit import enter
from tests.engine.serve.process import running

MARCH, APRIL, MAY = (date(2024, month, 1) for month in (3, 4, 5))
ENVIRONMENTS = ("dev", "staging", "prod")
ASKED = 140  # rows of a request by the typed route


CLASSES = ["few", "usual", "many"]


class Kind(NamedTuple):
    """A product, and the metrics that judge it."""

    name: str
    figures: set[str]
    decision: set[str]


NUMBER = Kind(
    "regression",
    {"mae", "rmse", "bias", "interval_coverage", "interval_width", VALUE},
    {"above", "below", "edges"},
)
CLASS = Kind(
    "multiclass",
    {"log_loss", "macro_f1", "auc", "calibration_error", VALUE}
    | {f"{figure}_{name}" for figure in ("precision", "recall") for name in CLASSES},
    {"costs", "temperature"},
)


class Training(NamedTuple):
    """What one training has left, and what the gate said about it."""

    compressed: Path
    bundle: Path
    verdict: GateReport


def repository(root: Path, source: Path) -> Iterator[Path]:
    """Make the product at `source` a repository whose environments have released nothing."""
    with pytest.MonkeyPatch.context() as patch:
        enter(root, patch, source)
        identity = root.parent / f"{root.name}.gitconfig"
        identity.write_text("[user]\nname = Jo Doe\nemail = jo@example.com\n")
        patch.setenv("GIT_CONFIG_GLOBAL", str(identity))
        (root / ".gitignore").write_text("/var/\n")
        for environment in ENVIRONMENTS:
            path = root / record.location(environment)
            path.parent.mkdir(parents=True)
            path.write_text(record.dump(None))
        for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "start"]):
            command.output(["git", *words], root)
        yield root


def train(as_of: date, place: Path) -> Training:
    """Go through the six steps and the gate."""
    data, rows, fitted, compressed, made = (
        place / name for name in ("data", "rows", "fitted", "compressed", "bundle")
    )
    steps.ingest(as_of, data)
    steps.validate(as_of, data, rows)
    steps.train(rows, fitted)
    steps.compress(rows, fitted, compressed)
    steps.evaluate(as_of, rows, fitted, compressed, made)
    steps.register(made)
    gate.main()
    candidate = registry.by_alias("candidate")
    assert candidate is not None
    verdict = registry.read_report(candidate)
    assert verdict is not None
    return Training(compressed, made, verdict)


def train_again(as_of: date, trained: Training, place: Path) -> Path:
    """Fit on the rows of a training once more and return the bundle."""
    rows = trained.bundle.parent / "rows"
    steps.train(rows, place / "fitted")
    steps.compress(rows, place / "fitted", place / "compressed")
    steps.evaluate(as_of, rows, place / "fitted", place / "compressed", place / "bundle")
    return place / "bundle"


def release_everywhere(trained: Training) -> Training:
    """Let every environment run what was trained."""
    for environment in ENVIRONMENTS:
        release.promote(environment, "the first model")
    return trained


def ask(rows: pl.DataFrame, environment: str, place: Path) -> list[dict[str, Any]]:
    """Send all rows by the protocol, then the first ones by the typed route, which answers.

    What the server of an environment answers, it keeps for the monitor.
    """
    _, directory = release.fetch(environment)
    store = {"CAPTURE_STORE": f"{settings().captures}/{environment}"}
    with running(directory, place, **store) as server:
        assert sum(traffic.score(server.client, project().name, rows)) == len(rows)
        texts = json.loads(rows.head(ASKED).write_json())
        body = {"rows": [{**row, "begins": row["begins"].replace(" ", "T")[:16]} for row in texts]}
        response = server.client.post("/v1/predictions", json=body)
        assert server.end() == 0
    listed: list[dict[str, Any]] = response.raise_for_status().json()["predictions"]
    return listed


def read_report(month: str, environment: str) -> dict[str, Any]:
    """Return the monitor's report of a month as it was written."""
    path = settings().reports / environment / f"monitor-{month}.json"
    read: dict[str, Any] = json.loads(path.read_text())
    return read
