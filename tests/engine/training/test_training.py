"""The pipeline as a user runs it: `slipway train` in processes of its own."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from slipway.training import steps
from slipway.training.cluster import STEPS
from tests.engine.kit import PROJECT, SOURCES, TEMPLATE

LARGE_MODEL = """
from slipway.families import Resources
from slipway.families.boosting import Boosting

MODEL = Boosting(Resources(cpu="3", memory="7G"))
"""


def start(project: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "slipway", *arguments],
        cwd=project,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def versions(project: Path) -> list[tuple[int, str]]:
    with sqlite3.connect(project / "var" / "mlflow.db") as database:
        query = "SELECT version, value FROM model_version_tags WHERE key = 'model_digest'"
        return database.execute(query).fetchall()


@pytest.mark.usefixtures("empty_registry")
def test_a_run_killed_half_way_and_repeated_registers_one_version(project: Path) -> None:
    killed = start(project, "train", "--as-of", "2024-05-01")
    assert killed.stdout is not None
    assert killed.stdout.readline().startswith("ingest")
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()

    output, errors = start(project, "train", "--as-of", "2024-05-01").communicate()
    assert errors == ""
    assert [line.split()[0] for line in output.splitlines()] == list(STEPS)
    registered = versions(project)
    assert len(registered) == 1

    (model,) = (project / "var" / "runs" / "2024-05-01").glob("*/evaluate/bundle")
    assert steps.register(model) == registered[0][0]
    assert versions(project) == registered


def test_a_failing_step_says_why_in_one_sentence(project: Path) -> None:
    failed = start(project, "train", "--as-of", "2024-01-03")
    output, errors = failed.communicate()
    assert failed.returncode == 1
    assert output == ""
    assert errors == (
        "error: The source has no rows of 2023-09-18 to 2023-12-31: it holds 2024-01-01 to "
        "2024-06-30, choose another --as-of.\n"
    )


def test_a_crashing_step_names_its_log(project: Path, tmp_path: Path) -> None:
    code = Path(shutil.copytree(TEMPLATE / "src" / "slipway", tmp_path / "src" / "slipway")).parent
    with (code / "slipway" / "training" / "window.py").open("a") as module:
        module.write("1 / 0\n")
    path = os.pathsep.join(map(str, (code, *SOURCES)))
    failed = start(project, "train", "--as-of", "2024-05-01", PYTHONPATH=path)
    _, errors = failed.communicate()
    log = project / "var" / "runs" / "2024-05-01" / "log.txt"
    assert errors == f"error: The step ingest crashed: read the end of {log}.\n"
    assert "ZeroDivisionError" in log.read_text()


def test_a_wrong_setting_is_told_by_the_name_of_its_variable(project: Path) -> None:
    failed = start(project, "train", "--as-of", "2024-05-01", SNAPSHOT_BACKEND="tape")
    _, errors = failed.communicate()
    assert errors.startswith("error: The environment variable SNAPSHOT_BACKEND is 'tape': Input")
    assert errors.count("\n") == 1


@pytest.fixture(scope="module")
def compiled(
    session_project: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Any]]:
    """Return the documents of the compiled files, after comparing two runs byte by byte."""
    outputs = [tmp_path_factory.mktemp("build"), tmp_path_factory.mktemp("build")]
    runs = [
        start(session_project, "compile", "--output", str(output), PYTHONHASHSEED=seed)
        for output, seed in zip(outputs, ("1", "2"), strict=True)
    ]
    for run in runs:
        assert run.wait() == 0, run.communicate()[1]
    contents = [{path.name: path.read_bytes() for path in output.iterdir()} for output in outputs]
    assert contents[0] == contents[1]
    return {name: list(yaml.safe_load_all(content)) for name, content in contents[0].items()}


def test_the_version_is_named_by_what_it_runs(compiled: dict[str, list[Any]]) -> None:
    (pipeline,), (version,) = compiled["pipeline.yaml"], compiled["pipelineversion.yaml"]
    name = version["metadata"]["name"]
    assert version["spec"]["pipelineName"] == pipeline["metadata"]["name"]
    assert name.startswith(f"{pipeline['metadata']['name']}-")
    assert len(name) <= 63
    spec = version["spec"]
    assert [spec["pipelineSpec"], spec["platformSpec"]] == compiled["training.yaml"]


def test_no_step_is_cached_or_installs_anything(compiled: dict[str, list[Any]]) -> None:
    ir, _ = compiled["training.yaml"]
    assert sorted(ir["root"]["dag"]["tasks"]) == sorted(STEPS)
    assert all(task["cachingOptions"] == {} for task in ir["root"]["dag"]["tasks"].values())
    executors = ir["deploymentSpec"]["executors"].values()
    assert not any("pip install" in str(executor) for executor in executors)
    assert len({executor["container"]["image"] for executor in executors}) == 1


def test_the_training_step_alone_gets_what_the_model_wants(project: Path, tmp_path: Path) -> None:
    package = shutil.copytree(PROJECT / "src" / "parcels", tmp_path / "src" / "parcels")
    (package / "model.py").write_text(LARGE_MODEL)
    path = os.pathsep.join(map(str, (package.parent, *SOURCES)))
    run = start(project, "compile", "--output", str(tmp_path / "build"), PYTHONPATH=path)
    assert run.wait() == 0, run.communicate()[1]
    ir, _ = yaml.safe_load_all((tmp_path / "build" / "training.yaml").read_text())
    limits = {
        name: (resources["resourceCpuLimit"], resources["resourceMemoryLimit"])
        for name, executor in ir["deploymentSpec"]["executors"].items()
        for resources in [executor["container"]["resources"]]
    }
    assert limits.pop("exec-train") == ("3", "7G")
    assert set(limits.values()) == {("1", "2G")}
