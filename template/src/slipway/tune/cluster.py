"""Search in a cluster through Kubeflow: a step a trial, so many of them side by side."""

from datetime import date
from importlib import import_module

from .. import kubeflow
from ..errors import ProjectError
from ..release.image import pipeline_image
from ..training import manifests
from . import tracking

STEPS = ("ingest", "validate", "begin", "trial")
EXPERIMENT = "tuning"
TRIALS_MAXIMUM = 200  # Argo keeps a run in one object, which Kubernetes limits to about a megabyte


def run(as_of: date, trials: int) -> tracking.Record:
    """Go on until the search has so many trials, by the code of the newest commit.

    A run for the same that is under way already is waited for instead.

    Raises:
        ProjectError: Kubeflow cannot be reached, these are too many trials, or a step failed.
    """
    kubeflow.address()
    if trials > TRIALS_MAXIMUM:
        raise ProjectError(
            f"{trials} trials are more than one run in a cluster can hold: write {TRIALS_MAXIMUM} "
            "at most, or search on this machine, without WHERE."
        )
    # a project without a cluster has no such pipeline
    pipeline = import_module("pipelines.tuning.pipeline").PIPELINE
    image = pipeline_image()
    name = f"as of {as_of}, {trials} trials, image {image[-12:]}"
    arguments: dict[str, str | int] = {"as_of": str(as_of), "trials": trials}
    package = manifests.package(pipeline, image)
    return tracking.of_pipeline(kubeflow.run(package, name, arguments, EXPERIMENT, STEPS))
