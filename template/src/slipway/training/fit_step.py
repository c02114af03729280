"""The step `train` as Kubeflow runs it: here, or as a Job that waits for its turn in a queue."""

from pathlib import Path
from typing import Protocol

from .. import logs, queues
from ..queues import transfer
from . import steps


class Artifact(Protocol):
    """What Kubeflow gives a step: a directory, and where the store has it."""

    path: str
    uri: str


def train(rows: Artifact, fitted: Artifact, priority: str) -> None:
    """Fit on rows.

    Raises:
        ProjectError: As `steps.train`, or `queues.run`.
    """
    if not queues.used():
        steps.train(Path(rows.path), Path(fitted.path))
        return
    with logs.process("train"):
        queues.run("train", priority, rows=rows.uri, fitted=fitted.uri)
        # Kubeflow sends what is there to the same place
        transfer.fetch(fitted.uri, Path(fitted.path))
