"""What is answered comes back to the monitor, and what is served leads back to data and code."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
import yaml

from slipway import gate, lineage, registry, release
from slipway.bundle import Model
from slipway.demo import stage
from slipway.monitor import run
from slipway.objectives import objectives
from slipway.project import project
from slipway.schema import key_name, time_name
from slipway.settings import settings

from .plugin import Trained
from .requests import bodies

if TYPE_CHECKING:
    from starlette.testclient import TestClient


@pytest.fixture
def answered(
    client: "TestClient", model: Model, rows: pl.DataFrame, captures: Path
) -> pl.DataFrame:
    """Return the rows that the server has answered, all in the store."""
    body = {"rows": bodies(rows, model.manifest.inputs)}
    assert client.post("/v1/predictions", json=body).is_success
    client.__exit__()
    return rows


def test_every_answered_row_is_captured_as_it_was_sent(
    answered: pl.DataFrame, model: Model, captures: Path
) -> None:
    key = key_name(model.manifest.inputs)
    kept = pl.read_parquet(captures / "*" / "*" / "*.parquet").select(answered.columns).sort(key)
    assert kept.equals(answered.cast(kept.schema).sort(key))


def test_the_monitor_counts_what_was_answered(
    answered: pl.DataFrame, model: Model, trained: Trained
) -> None:
    registry.register(trained.bundle)
    times = answered[time_name(model.manifest.inputs)].dt.strftime("%Y-%m")
    month = times.mode().sort()[0]
    run.main(month, project().last, trained.as_of)
    path = settings().reports / project().last / f"monitor-{month}.json"
    report = json.loads(path.read_text("utf-8"))
    assert report["performance"]["predictions"] == (times == month).sum()
    assert report["performance"]["rows"] == (times == month).sum()
    compared = {column["name"] for column in report["drift"]["features"]}
    assert compared == {spec.name for spec in model.manifest.inputs if spec.role != "key"}


def test_a_release_leads_back_to_model_data_and_code(
    trained: Trained, model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = stage.build(settings().project_root, tmp_path / "copy")
    _let_every_model_pass(copy)
    monkeypatch.setenv("PROJECT_ROOT", str(copy.root))
    settings.cache_clear()
    objectives.cache_clear()
    try:
        registry.register(trained.bundle)
        gate.main()
        release.promote(project().first)
        steps = {step.what: step.value for step in lineage.walk(project().first)}
    finally:
        monkeypatch.undo()
        settings.cache_clear()
        objectives.cache_clear()
    assert model.model_digest in steps["prediction"]
    assert model.manifest.snapshot.digest in steps["snapshot"]
    assert model.manifest.training.start in steps["training"]


def _let_every_model_pass(copy: stage.Stage) -> None:
    """Take the gate's limits away: how good the model is, is not what this is about."""
    path = copy.root / "objectives.yaml"
    document = yaml.safe_load(path.read_text("utf-8"))
    document["gate"] |= {"minimum": {}, "maximum": {}, "latency_p99_ms_maximum": 1e6}
    path.write_text(yaml.safe_dump(document), "utf-8")
    copy.commit("chore: let every model pass")
