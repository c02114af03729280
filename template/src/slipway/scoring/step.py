"""The step of the pipeline: what scores a day in a pod.

In a pod, Kubeflow's package can neither compile nor be asked, so nothing here may import what does.
"""

from datetime import date

import msgspec

from .. import logs
from ..contract.release import Release
from . import run, tables


def score(day: str, environment: str, release: str, kept: bool) -> None:
    """Score a day: what files of the project say comes along, `release` as JSON.

    Raises:
        ProjectError: As `run.score`.
    """
    with logs.process("score", environment=environment):
        released = msgspec.json.decode(release, type=Release)
        run.score(tables.of_day(date.fromisoformat(day), environment), environment, released, kept)
