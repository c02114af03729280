"""Score a day in a cluster through Kubeflow, by the code that made the released model."""

from datetime import date
from pathlib import Path

import msgspec

from .. import kubeflow, release
from ..contract.release import Release
from ..errors import ProjectError
from ..training import manifests
from . import run as here
from . import tables
from .output import output_of

STEPS = ("score",)
EXPERIMENT = "scoring"


def run(environment: str, day: date | None = None) -> None:
    """Score a day in a pod, by default the newest that is over, and print what there is then.

    A run that is under way already is waited for instead; what is scored already needs none.

    Raises:
        ProjectError: Nothing is released, Kubeflow cannot be reached, or the step failed.
    """
    kubeflow.address()
    released = release.required(environment)
    chosen = day or tables.newest_day()
    table = tables.of_day(chosen, environment)
    output = output_of(table, environment, released)
    if ended := output.ended():
        print(here.sentence(ended, output), "It was so before, and nothing is done twice.")
        return
    arguments: dict[str, str | bool] = {
        "day": str(chosen),
        "environment": environment,
        "release": msgspec.json.encode(released).decode(),
        "kept": here.keeps_answers(environment),
    }
    name = f"{environment}, {chosen}, model {released.model_digest[:12]}"
    kubeflow.run(compiled(released), name, arguments, EXPERIMENT, STEPS)
    ended = output.ended()
    print(here.sentence(ended, output) if ended else f"{table.title} has no rows to be scored.")


def compiled(released: Release) -> Path:
    """Compile the pipeline for the image of a release: only its code has the model's features.

    Raises:
        ProjectError: The release names no image.
    """
    if not released.pipeline_image:
        raise ProjectError(
            f"{released.title} was released without a pipeline image: promote it from a project "
            "with a cluster, or score on this machine, without WHERE."
        )
    from pipelines.scoring.pipeline import PIPELINE

    return manifests.package(PIPELINE, released.pipeline_image)
