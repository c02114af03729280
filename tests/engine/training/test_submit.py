"""Submit the compiled pipeline to an API that answers like Kubeflow's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from slipway import kubeflow
from slipway.errors import ProjectError
from slipway.settings import settings
from slipway.training import cluster, manifests
from tests.engine.kit import AS_OF
from tests.engine.kubeflow import Kubeflow, Run, running


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
