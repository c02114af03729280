"""Submit the compiled pipeline to an API that answers like Kubeflow's."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from slipway import bundle, kubeflow, logs, registry
from slipway.errors import ProjectError
from slipway.logs import local
from slipway.settings import settings
from slipway.training import cluster, manifests
from tests.engine.kit import AS_OF, COMMIT
from tests.engine.kubeflow import Kubeflow, Run, running
from tests.engine.queues.kit import with_queue


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[Run]]:
    """Return the runs of a Kubeflow that KFP_ADDRESS names, and compile the pipeline for it."""
    package, *_ = manifests.write(tmp_path)
    monkeypatch.setenv("PIPELINE_PACKAGE", str(package))
    settings.cache_clear()
    with running() as address:
        monkeypatch.setenv("KFP_ADDRESS", address)
        yield Kubeflow.runs


@pytest.mark.usefixtures("empty_registry")
def test_a_run_is_told_the_day_and_the_digest_of_its_pipeline(runs: list[Run]) -> None:
    cluster.run(AS_OF)
    (run,) = runs
    told = run["runtime_config"]["parameters"]
    assert told["as_of"] == "2024-05-01"
    assert run["display_name"] == f"as of 2024-05-01, pipeline {told['pipeline_digest'][:12]}"
    assert set(run["pipeline_spec"]) == {"pipeline_spec", "platform_spec"}


@pytest.mark.usefixtures("empty_registry")
def test_each_step_of_a_run_is_a_part_of_the_trace_of_the_command(runs: list[Run]) -> None:
    with logs.process("train"):
        cluster.run(AS_OF)
    whole = list(local.kept(settings().state))[-1]
    assert whole["pipeline_run"] == runs[0]["run_id"]
    spec = runs[0]["pipeline_spec"]["pipeline_spec"]
    header = f"00-{whole['trace_id']}-{whole['span_id']}-01"
    executors = spec["deploymentSpec"]["executors"].values()
    assert len(executors) == len(cluster.STEPS)
    for executor in executors:
        assert {"name": "TRACEPARENT", "value": header} in executor["container"]["env"]


@pytest.mark.usefixtures("empty_registry", "runs")
def test_a_run_leaves_no_copy_of_its_pipeline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "temporary"
    directory.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(directory))
    cluster.run(AS_OF)
    assert list(directory.iterdir()) == []


@pytest.mark.usefixtures("empty_registry")
def test_a_run_is_told_how_urgent_it_is_where_trainings_wait(
    runs: list[Run], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.run(AS_OF)
    assert "priority" not in runs[0]["runtime_config"]["parameters"]
    with_queue(project)
    monkeypatch.setenv("TRAINING_PRIORITY", "fix")
    settings.cache_clear()
    cluster.run(AS_OF)
    assert runs[1]["runtime_config"]["parameters"]["priority"] == "fix"


@pytest.mark.usefixtures("empty_registry")
def test_whoever_was_interrupted_waits_for_the_run_that_is_under_way(
    runs: list[Run],
) -> None:
    cluster.run(AS_OF)
    runs[0]["state"] = "RUNNING"
    cluster.run(AS_OF)
    assert len(runs) == 1
    runs[0]["state"] = "SUCCEEDED"
    cluster.run(AS_OF)
    assert len(runs) == 2


@pytest.fixture
def newer(bundle_dir: Path, tmp_path: Path) -> Path:
    """Return a bundle that the same code has trained as of a later day."""
    model = bundle.load(bundle_dir)
    manifest = msgspec.structs.replace(model.manifest, as_of="2024-06-01")
    bundle.write(tmp_path / "newer", (bundle_dir / bundle.MODEL_FILE).read_bytes(), manifest)
    return tmp_path / "newer"


@pytest.mark.usefixtures("empty_registry")
def test_the_version_that_the_run_has_trained_or_found_is_told(
    runs: list[Run],
    bundle_dir: Path,
    newer: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def register(as_of: str, pipeline_digest: str) -> None:
        registry.register(bundle_dir, pipeline_digest)

    monkeypatch.setattr(Kubeflow, "step", staticmethod(register))
    monkeypatch.setenv("SOURCE_COMMIT", COMMIT)
    settings.cache_clear()
    cluster.run(AS_OF)
    first = capsys.readouterr().out.splitlines()[-1]
    assert first.startswith("late-parcels v1, model ")
    registry.register(newer)
    cluster.run(AS_OF)
    assert capsys.readouterr().out.splitlines()[-1] == first
    assert registry.newest().number == 2


@pytest.mark.usefixtures("empty_registry")
def test_an_api_that_is_away_for_a_moment_is_waited_for(
    runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kubeflow, "POLL_SECONDS", 0.1)
    monkeypatch.setattr(Kubeflow, "failures", 2)
    cluster.run(AS_OF)
    assert (len(runs), Kubeflow.failures) == (1, 0)


def test_an_api_that_stays_away_is_named_with_the_run(
    runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kubeflow, "POLL_SECONDS", 0.1)
    monkeypatch.setattr(kubeflow, "AWAY_SECONDS", 0)
    monkeypatch.setattr(Kubeflow, "failures", 100)
    with pytest.raises(ProjectError, match="run r1 may go on"):
        cluster.run(AS_OF)


def test_another_pipeline_than_the_release_names_is_refused(
    runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPELINE_DIGEST", "0" * 64)
    settings.cache_clear()
    with pytest.raises(ProjectError, match="the release names 000000000000"):
        cluster.run(AS_OF)
    assert runs == []
