"""Run a compiled pipeline through Kubeflow's API, and show the steps as they end."""

import os
import tempfile
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from .errors import ProjectError
from .logs import span

POLL_SECONDS = 2
WAIT_SECONDS = 6 * 3600
AWAY_SECONDS = 300  # for which the API may not answer while a run goes on
UNDER_WAY = {"PENDING", "RUNNING"}


def run(
    package: Path,
    name: str,
    arguments: Mapping[str, str | int],
    experiment: str,
    steps: Iterable[str],
) -> str:
    """Run a pipeline under a name, wait for its end, and return the id of the run.

    A run of the same name that is under way already is waited for instead. `steps` are those that
    people know.

    Raises:
        ProjectError: Kubeflow cannot be reached, or a step failed; the sentence says where to look.
    """
    warnings.simplefilter("ignore")
    from kfp import Client

    where = address()
    try:
        client = Client(host=where)
        run_id = _start(client, package, name, arguments, experiment)
    except Exception as error:  # the generated client has no base class of its own
        raise ProjectError(
            f"Kubeflow Pipelines at {where} refused the run: {_reason(error)}."
        ) from None
    span.note(pipeline_run=run_id)
    print(f"run {run_id}, {name}", flush=True)
    _follow(client, run_id, frozenset(steps))
    return run_id


def address() -> str:
    """Return where the API is.

    Raises:
        ProjectError: Nothing says so.
    """
    where = os.environ.get("KFP_ADDRESS")
    if not where:
        raise ProjectError(
            "KFP_ADDRESS names no cluster: name one by WHERE, such as `make train WHERE=kind`."
        )
    return where


@contextmanager
def _traced(package: Path) -> Iterator[Path]:
    """Yield a copy of a package whose steps are parts of the current span.

    The package itself stays as it is: a release names its digest.
    """
    given = [{"name": name, "value": value} for name, value in span.carried().items()]
    documents = list(yaml.safe_load_all(package.read_text("utf-8")))
    for document in documents:
        for executor in document.get("deploymentSpec", {}).get("executors", {}).values():
            executor.get("container", {}).setdefault("env", []).extend(given)
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory) / package.name
        copy.write_text(yaml.safe_dump_all(documents, sort_keys=True), "utf-8")
        yield copy


def _start(
    client: Any,
    package: Path,
    name: str,
    arguments: Mapping[str, str | int],
    experiment: str,
) -> str:
    """Return the id of a run of this name; whoever was interrupted finds the one it began."""
    place = client.create_experiment(experiment).experiment_id
    listed = client.list_runs(experiment_id=place, sort_by="created_at desc", page_size=20)
    for known in listed.runs or []:
        if known.display_name == name and known.state in UNDER_WAY:
            return str(known.run_id)
    with _traced(package) as copy:
        started = client.create_run_from_pipeline_package(
            str(copy),
            arguments=dict(arguments),
            run_name=name,
            experiment_id=place,
            enable_caching=False,
        )
    return str(started.run_id)


def _follow(client: Any, run_id: str, steps: frozenset[str]) -> None:
    """Print a line for each step that ends, until the run does."""
    shown: set[str] = set()
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        run = _asked(client, run_id)
        tasks = (run.run_details.task_details if run.run_details else None) or []
        for task in tasks:
            if task.display_name in steps and task.task_id not in shown and _ended(task):
                shown.add(task.task_id)  # a step of a loop has one a turn
                seconds = (task.end_time - task.start_time).total_seconds()
                print(f"{task.display_name:<9} {seconds:5.0f} s  {task.state}", flush=True)
        if run.state == "SUCCEEDED":
            return
        if run.state in {"FAILED", "CANCELED"}:
            failed = sorted({task.display_name for task in tasks if task.state == "FAILED"})
            raise ProjectError(
                f"Run {run_id} ended {run.state} ({', '.join(failed) or 'no step began'}): "
                "docs/what-happened-to-my-run.md says where to look."
            )
        time.sleep(POLL_SECONDS)
    raise ProjectError(f"Run {run_id} has not ended after {WAIT_SECONDS // 3600} hours.")


def _asked(client: Any, run_id: str) -> Any:
    """Return a run as Kubeflow has it; an API that is away for some minutes is waited for."""
    deadline = time.monotonic() + AWAY_SECONDS
    while True:
        try:
            return client.get_run(run_id)
        except Exception as error:  # the generated client has no base class of its own
            if time.monotonic() > deadline:
                raise ProjectError(
                    f"Kubeflow Pipelines does not answer ({_reason(error)}), and run {run_id} may "
                    "go on: run the same command again to wait for it."
                ) from None
            time.sleep(POLL_SECONDS)


def _reason(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _ended(task: Any) -> bool:
    return task.state in {"SUCCEEDED", "FAILED"} and task.end_time.year > 1970  # 1970: not yet
