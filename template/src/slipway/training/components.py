"""The steps as Kubeflow components: each only calls the function of the engine that does it.

A component runs alone in the pipeline image, so it imports inside its body. Nothing is installed
at run time.
"""

from collections.abc import Callable
from typing import Any

from kfp import dsl

from ..project import project
from ..settings import settings

IMAGE = settings().pipeline_image or f"{project().images}/pipeline:unreleased"
SOURCE_COMMIT = settings().source_commit


def step(function: Callable[..., object]) -> Any:
    """Make a component of `function`."""
    return dsl.component(
        function, base_image=IMAGE, packages_to_install=[], install_kfp_package=False
    )


@step
def ingest(as_of: str, data: dsl.Output[dsl.Dataset]) -> None:
    from datetime import date
    from pathlib import Path

    from slipway.training import steps

    steps.ingest(date.fromisoformat(as_of), Path(data.path))


@step
def validate(as_of: str, data: dsl.Input[dsl.Dataset], rows: dsl.Output[dsl.Dataset]) -> None:
    from datetime import date
    from pathlib import Path

    from slipway.training import steps

    steps.validate(date.fromisoformat(as_of), Path(data.path), Path(rows.path))


@step
def train(rows: dsl.Input[dsl.Dataset], fitted: dsl.Output[dsl.Model], priority: str) -> None:
    from slipway.training import fit_step

    fit_step.train(rows, fitted, priority)


@step
def compress(
    rows: dsl.Input[dsl.Dataset],
    fitted: dsl.Input[dsl.Model],
    compressed: dsl.Output[dsl.Model],
) -> None:
    from pathlib import Path

    from slipway.training import steps

    steps.compress(Path(rows.path), Path(fitted.path), Path(compressed.path))


@step
def evaluate(
    as_of: str,
    rows: dsl.Input[dsl.Dataset],
    fitted: dsl.Input[dsl.Model],
    compressed: dsl.Input[dsl.Model],
    bundle: dsl.Output[dsl.Model],
    metrics: dsl.Output[dsl.Metrics],
) -> None:
    from datetime import date
    from pathlib import Path

    from slipway.training import steps

    directories = (rows, fitted, compressed, bundle)
    day = date.fromisoformat(as_of)
    measured = steps.evaluate(day, *(Path(directory.path) for directory in directories))
    for name, value in measured.values.items():
        metrics.log_metric(name, value)


@step
def register(bundle: dsl.Input[dsl.Model], pipeline_digest: str, run: str) -> int:
    from pathlib import Path

    from slipway.training import steps

    return steps.register(Path(bundle.path), pipeline_digest, run)
