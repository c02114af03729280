"""The steps as Kubeflow components: each only calls the function of the package that does it.

A component runs alone in the pipeline image, so it imports inside its body. Nothing is installed
at run time.
"""

import os
from collections.abc import Callable
from typing import Any

from kfp import dsl

REGISTRY = "registry.example.com/flight-operations"
PROJECT = "flight-delays"
SOURCE_COMMIT = os.environ.get("SOURCE_COMMIT", "")
IMAGE = os.environ.get("PIPELINE_IMAGE") or f"{REGISTRY}/{PROJECT}/pipeline:unreleased"


def step(function: Callable[..., object]) -> Any:
    """Make a component of `function`."""
    return dsl.component(
        function, base_image=IMAGE, packages_to_install=[], install_kfp_package=False
    )


@step
def ingest(as_of: str, data: dsl.Output[dsl.Dataset]) -> None:
    from datetime import date
    from pathlib import Path

    from flight_delays import steps

    steps.ingest(date.fromisoformat(as_of), Path(data.path))


@step
def validate(as_of: str, data: dsl.Input[dsl.Dataset], rows: dsl.Output[dsl.Dataset]) -> None:
    from datetime import date
    from pathlib import Path

    from flight_delays import steps

    steps.validate(date.fromisoformat(as_of), Path(data.path), Path(rows.path))


@step
def train(rows: dsl.Input[dsl.Dataset], fitted: dsl.Output[dsl.Model]) -> None:
    from pathlib import Path

    from flight_delays import steps

    steps.train(Path(rows.path), Path(fitted.path))


@step
def evaluate(
    as_of: str,
    rows: dsl.Input[dsl.Dataset],
    fitted: dsl.Input[dsl.Model],
    full: dsl.Output[dsl.Model],
    metrics: dsl.Output[dsl.Metrics],
) -> None:
    from datetime import date
    from pathlib import Path

    from flight_delays import steps

    day = date.fromisoformat(as_of)
    found = steps.evaluate(day, Path(rows.path), Path(fitted.path), Path(full.path))
    metrics.log_metric("auc", found.auc)
    metrics.log_metric("calibration_error", found.calibration_error)
    metrics.log_metric("value_per_1000", found.value_per_1000)


@step
def compress(
    rows: dsl.Input[dsl.Dataset],
    fitted: dsl.Input[dsl.Model],
    full: dsl.Input[dsl.Model],
    model: dsl.Output[dsl.Model],
) -> None:
    from pathlib import Path

    from flight_delays import steps

    steps.compress(Path(rows.path), Path(fitted.path), Path(full.path), Path(model.path))


@step
def register(model: dsl.Input[dsl.Model], pipeline_digest: str) -> int:
    from pathlib import Path

    from flight_delays import steps

    return steps.register(Path(model.path), pipeline_digest)
