"""Scoring as a Kubeflow component; it runs alone in the pipeline image of a release."""

from ..training.components import step


@step
def score(day: str, environment: str, release: str, kept: bool) -> None:
    from slipway.scoring import step

    step.score(day, environment, release, kept)
