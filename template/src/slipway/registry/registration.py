"""Register a trained bundle: one run and one version for the same bytes, however often it runs."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from .. import bundle, project
from ..bundle import Model
from ..contract.manifest import Manifest
from ..explain import chart
from ..logs import span
from ..objectives import objectives
from ..settings import settings
from . import pipelines, tracking, versions
from .versions import Version

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Run

UNFIT_FOR_MLFLOW = re.compile(r"[^\w .-]")  # in the name of a metric


def register(directory: Path, pipeline_digest: str = "", run: str = "") -> Version:
    """Register the bundle in `directory` and point `candidate` at the newest version.

    `pipeline_digest` names the compiled pipeline that made it, if one did, and `run` its run.

    A rerun returns the version it finds, and finishes what an interruption left undone.

    Raises:
        ProjectError: The bundle is damaged, or MLflow cannot be reached.
    """
    model = bundle.load(directory)
    version = versions.find(model.model_digest, model.manifest_digest)
    if version is None:
        _create(directory, model, _tags(model) | _pipeline(pipeline_digest) | _trace())
        version = versions.newest()
    span.note(model_version=version.number, registry_run=version.run_id)
    if run:
        pipelines.made(version, run)
    versions.set_alias("candidate", versions.newest().number)
    return version


def _create(directory: Path, model: Model, tags: dict[str, str]) -> None:
    """Log a run, or go on with one that was interrupted, and make its version as the last step."""
    with tracking.client() as client:
        experiment = tracking.experiment(client, project.project().name)
        same = " and ".join(f"tags.{key} = '{tags[key]}'" for key in versions.DIGESTS)
        runs = client.search_runs([experiment], same, max_results=1)
        run = runs[0] if runs else client.create_run(experiment, tags=tags, run_name=tags["as_of"])
        run_id = run.info.run_id
        _log(client, run, model.manifest)
        client.log_artifacts(run_id, str(directory), "bundle")
        if model.manifest.importance:
            drawn = chart.draw(model.manifest.importance, objectives().quality_metric)
            client.log_text(run_id, drawn, "importance.svg")
        client.set_terminated(run_id)
        name = project.project().name
        if not client.search_registered_models(f"name = '{name}'"):
            client.create_registered_model(name)
        client.create_model_version(name, f"{run.info.artifact_uri}/bundle", run_id, tags)


def _log(client: "MlflowClient", run: "Run", manifest: Manifest) -> None:
    """Log parameters and metrics in one call, and the data snapshot as the run's input."""
    from mlflow.entities import Dataset, DatasetInput, InputTag, Param

    training = manifest.training
    parameters = {"start": training.start, "end": training.end, "rows": training.rows}
    client.log_batch(
        run.info.run_id,
        metrics=_logged(manifest, run.info.start_time),
        params=[
            Param(key, str(value)) for key, value in (parameters | training.parameters).items()
        ],
    )
    snapshot = manifest.snapshot
    dataset = Dataset(
        name="snapshot",
        digest=snapshot.digest[:36],  # MLflow's limit; the source has the whole digest
        source_type=snapshot.backend,
        source=snapshot.as_text(),
    )
    context = InputTag("mlflow.data.context", "training")
    client.log_inputs(run.info.run_id, [DatasetInput(dataset, [context])])


def _logged(manifest: Manifest, time: int) -> "list[Metric]":
    """Return all figures as MLflow takes them: those of a round with its number, others with 0."""
    from mlflow.entities import Metric

    curve = [
        Metric(UNFIT_FOR_MLFLOW.sub("_", name), value, time, number)
        for name, values in manifest.training.curve.items()
        for number, value in enumerate(values, start=1)
    ]
    return [Metric(key, value, time, 0) for key, value in _metrics(manifest).items()] + curve


def _metrics(manifest: Manifest) -> dict[str, float]:
    metrics = manifest.metrics
    groups = {
        f"group_{UNFIT_FOR_MLFLOW.sub('_', name)}": value for name, value in metrics.groups.items()
    }
    importance = {
        f"importance_{UNFIT_FOR_MLFLOW.sub('_', one.input)}": one.loss
        for one in manifest.importance
    }
    decision = {n: value for n, value in manifest.decision.items() if isinstance(value, float)}
    return {"rows": metrics.rows, **metrics.values, **decision, **groups, **importance}


def _tags(model: Model) -> dict[str, str]:
    manifest = model.manifest
    return {
        "as_of": manifest.as_of,
        "compression": manifest.model.recipe,
        "git_sha": manifest.source_commit,
        "manifest_digest": model.manifest_digest,
        "model_digest": model.model_digest,
        "schema_hash": manifest.schema_hash,
        "snapshot": manifest.snapshot.digest,
    }


def _trace() -> dict[str, str]:
    """Return what leads to the training that makes a version; one that repeats it adds nothing."""
    current = span.current()
    return {} if current is None else {versions.TRACE: current.context.trace_id}


def _pipeline(digest: str) -> dict[str, str]:
    if not digest:
        return {}
    return {"pipeline_digest": digest, "pipeline_image": settings().pipeline_image}
