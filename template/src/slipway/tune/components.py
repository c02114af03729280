"""The steps of tuning as Kubeflow components; each runs alone in the pipeline image."""

from kfp import dsl

from ..training.components import step


@step
def begin(as_of: str, trials: int, run: str, rows: dsl.Input[dsl.Dataset]) -> list[int]:
    from datetime import date
    from pathlib import Path

    from slipway.tune import steps

    return steps.begin(date.fromisoformat(as_of), Path(rows.path), int(trials), run)


@step
def trial(as_of: str, number: int, rows: dsl.Input[dsl.Dataset]) -> None:
    from slipway.tune import trial_step

    trial_step.attempt(as_of, int(number), rows)
