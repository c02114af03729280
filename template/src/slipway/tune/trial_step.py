"""A trial as Kubeflow runs it: here, or as a Job that waits for its turn in a queue."""

from datetime import date
from pathlib import Path

from .. import logs, queues
from ..training.fit_step import Artifact
from . import steps


def attempt(as_of: str, number: int, rows: Artifact) -> None:
    """Try the parameters of one number.

    Raises:
        ProjectError: As `steps.attempt`, or `queues.run`.
    """
    if not queues.used():
        steps.attempt(date.fromisoformat(as_of), Path(rows.path), number)
        return
    with logs.process("trial"):
        queues.run("trial", queues.TRIAL, rows=rows.uri, as_of=as_of, number=number)
