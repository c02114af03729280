"""A day is scored in Kubeflow by the image of the release, unless it is scored already."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from slipway import registry
from slipway.contract.release import Release
from slipway.errors import ProjectError
from slipway.scoring import cluster, step
from tests.engine.kubeflow import Kubeflow, Run, running

from .conftest import Publish
from .kit import scores

DAY = date(2024, 5, 3)
IMAGE = "registry.example.com/team/pipeline:0123456789ab"


@pytest.fixture
def released(bundle_dir: Path, empty_registry: None, publish: Publish) -> Release:
    """Return what prod has released, with the image that trained it."""
    return publish(registry.register(bundle_dir), image=IMAGE)


@pytest.fixture
def runs(released: Release, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Run]]:
    """Return the runs of a Kubeflow whose pods do what the step does."""
    with running() as address:
        monkeypatch.setenv("KFP_ADDRESS", address)
        monkeypatch.setattr(Kubeflow, "step", staticmethod(step.score))
        yield Kubeflow.runs


@pytest.fixture
def package(released: Release) -> list[dict[str, Any]]:
    """Return the compiled pipeline, and what Kubernetes has to know of it."""
    return list(yaml.safe_load_all(cluster.compiled(released).read_text()))


def test_a_run_is_told_the_day_and_the_release_and_leaves_the_scores(
    runs: list[Run], released: Release, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.run("prod", DAY)
    (run,) = runs
    told = run["runtime_config"]["parameters"]
    assert (told["day"], told["environment"], told["kept"]) == ("2024-05-03", "prod", True)
    assert msgspec.json.decode(told["release"], type=Release) == released
    assert run["display_name"] == f"prod, 2024-05-03, model {released.model_digest[:12]}"
    assert len(scores(project / "var" / "scores" / "prod", str(DAY))) == 40
    assert "has scored 40 rows of the day 2024-05-03" in capsys.readouterr().out


def test_a_day_that_is_scored_already_needs_no_run(
    runs: list[Run], capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.run("prod", DAY)
    cluster.run("prod", DAY)
    assert len(runs) == 1
    assert "nothing is done twice" in capsys.readouterr().out


def test_a_day_without_rows_is_a_sentence(
    runs: list[Run], capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.run("prod", date(2030, 1, 1))
    assert (
        capsys.readouterr().out.splitlines()[-1] == "the day 2030-01-01 has no rows to be scored."
    )


def test_the_step_runs_in_the_image_of_the_release_within_limits(
    package: list[dict[str, Any]],
) -> None:
    (executor,) = package[0]["deploymentSpec"]["executors"].values()
    container = executor["container"]
    assert container["image"] == IMAGE
    assert {"resourceCpuLimit", "resourceMemoryLimit"} <= container["resources"].keys()
    assert "pip install" not in str(container["command"])


def test_the_step_may_write_scores_and_ask_the_registry(package: list[dict[str, Any]]) -> None:
    (executor,) = package[1]["platforms"]["kubernetes"]["deploymentSpec"]["executors"].values()
    variables = {
        item["envVar"]
        for kind in ("configMapAsEnv", "secretAsEnv")
        for reference in executor[kind]
        for item in reference["keyToEnv"]
    }
    assert variables >= {"CAPTURE_STORE", "SCORE_STORE", "MLFLOW_TRACKING_URI"}
    assert {reference["secretName"] for reference in executor["secretAsEnv"]} == {
        "mlpipeline-minio-artifact",
        "registry-writer",
    }


def test_a_release_without_an_image_is_a_sentence(
    runs: list[Run], released: Release, publish: Publish
) -> None:
    with pytest.raises(ProjectError, match="was released without a pipeline image"):
        cluster.compiled(msgspec.structs.replace(released, pipeline_image=""))


def test_without_a_cluster_it_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KFP_ADDRESS", raising=False)
    with pytest.raises(ProjectError, match="KFP_ADDRESS names no cluster"):
        cluster.run("prod", DAY)


@pytest.mark.parametrize(
    "module", ["slipway.scoring.step", "slipway.training.steps", "slipway.tune.steps"]
)
def test_steps_import_nothing_that_fails_in_a_pod_of_kubeflow(module: str, project: Path) -> None:
    inside = os.environ | {"_KFP_RUNTIME": "true"}  # as its executor is started in a pod
    executor = "from kfp.dsl import executor_main"
    program = [sys.executable, "-c", f"{executor}; import {module}"]
    done = subprocess.run(program, env=inside, cwd=project, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
