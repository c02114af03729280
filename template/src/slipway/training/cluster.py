"""Run the pipeline in a cluster through Kubeflow's API, and show the steps as they end."""

import hashlib
import os
import tempfile
import time
import warnings
from datetime import date
from pathlib import Path
from typing import Any

from .. import registry
from ..errors import ProjectError
from ..release.image import pipeline_image
from ..settings import settings
from .code import source_commit

STEPS = ("ingest", "validate", "train", "compress", "evaluate", "register")
EXPERIMENT = "training"
POLL_SECONDS = 2
WAIT_SECONDS = 6 * 3600
AWAY_SECONDS = 300  # for which the API may not answer while a run goes on
UNDER_WAY = {"PENDING", "RUNNING"}


def run(as_of: date) -> None:
    """Run every step in a pod of its own on the data known at `as_of`, and wait for the end.

    A run of the same pipeline and day that is under way already is waited for instead.

    Raises:
        ProjectError: Kubeflow cannot be reached, or a step failed; the sentence says where to look.
    """
    address = os.environ.get("KFP_ADDRESS")
    if not address:
        raise ProjectError("KFP_ADDRESS names no cluster: run `make train WHERE=kind`.")
    package = settings().pipeline_package or _compiled()
    digest = _verified(package)
    warnings.simplefilter("ignore")
    from kfp import Client

    try:
        client = Client(host=address)
        run_id = _start(client, package, as_of, digest)
    except Exception as error:  # the generated client has no base class of its own
        reason = str(error).strip().partition("\n")[0]
        raise ProjectError(f"Kubeflow Pipelines at {address} refused the run: {reason}.") from None
    print(f"run {run_id}, pipeline {digest[:12]}", flush=True)
    _follow(client, run_id)
    version = registry.by_alias("candidate")
    if version is not None:
        print(f"{version.name} v{version.number}, model {version.model_digest[:12]}")


def _compiled() -> Path:
    """Compile for the newest commit and its image; the components read both when imported."""
    os.environ |= {"PIPELINE_IMAGE": pipeline_image(), "SOURCE_COMMIT": source_commit()}
    settings.cache_clear()
    from . import manifests

    package, *_ = manifests.write(Path(tempfile.mkdtemp()))
    return package


def _verified(package: Path) -> str:
    """Return the digest of a package; PIPELINE_DIGEST says which one a release expects."""
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    expected = settings().pipeline_digest
    if expected not in ("", digest):
        raise ProjectError(
            f"This image holds the pipeline {digest[:12]}, the release names {expected[:12]}: "
            "train with the image that the release names."
        )
    return digest


def _start(client: Any, package: Path, as_of: date, digest: str) -> str:
    """Return the id of a run of this package; whoever was interrupted finds the one it began."""
    name = f"as of {as_of}, pipeline {digest[:12]}"
    experiment = client.create_experiment(EXPERIMENT).experiment_id
    listed = client.list_runs(experiment_id=experiment, sort_by="created_at desc", page_size=20)
    for known in listed.runs or []:
        if known.display_name == name and known.state in UNDER_WAY:
            return str(known.run_id)
    started = client.create_run_from_pipeline_package(
        str(package),
        arguments={"as_of": str(as_of), "pipeline_digest": digest},
        run_name=name,
        experiment_id=experiment,
        enable_caching=False,
    )
    return str(started.run_id)


def _follow(client: Any, run_id: str) -> None:
    """Print a line for each step that ends, until the run does."""
    shown: set[str] = set()
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        run = _asked(client, run_id)
        tasks = (run.run_details.task_details if run.run_details else None) or []
        for task in tasks:
            if task.display_name in STEPS and task.display_name not in shown and _ended(task):
                shown.add(task.display_name)
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
                reason = str(error).strip().partition("\n")[0]
                raise ProjectError(
                    f"Kubeflow Pipelines does not answer ({reason}), and run {run_id} may go on: "
                    "run the same command again to wait for it."
                ) from None
            time.sleep(POLL_SECONDS)


def _ended(task: Any) -> bool:
    return task.state in {"SUCCEEDED", "FAILED"} and task.end_time.year > 1970  # 1970: not yet
