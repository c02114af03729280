"""What a fit that takes long tells while it learns: lines, and figures in MLflow.

A run for each fit, in an experiment of their own: that of a version is made when it is registered.
"""

import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .. import project
from ..errors import ProjectError
from ..families import Parameters
from ..registry import tracking

if TYPE_CHECKING:
    from mlflow import MlflowClient

EVERY_SECONDS = 5  # a round may take a millisecond, and a fit that is shorter tells nothing
FIT = "fit"  # tag: by which a fit that goes on in another process finds its run
RUNNING, FINISHED, FAILED = "RUNNING", "FINISHED", "FAILED"


class Follower:
    """Hands on what a fit tells. An MLflow that fails costs the figures, not the training."""

    def __init__(self, name: str, parameters: Parameters) -> None:
        self._name, self._parameters = name, parameters
        self._told_at = time.monotonic()
        self._waiting: list[tuple[str, float, int, int]] = []  # figure, value, milliseconds, round
        self._run = ""
        self._failed = False

    def tell(self, number: int, figures: Mapping[str, float], words: str) -> None:
        """Take the figures of a round, and hand on all so far if the last were some time ago."""
        now = time.time_ns() // 1_000_000
        self._waiting += [(name, value, now, number) for name, value in figures.items()]
        if time.monotonic() - self._told_at < EVERY_SECONDS:
            return
        print(f".. {words}", flush=True)
        self._record(RUNNING)
        self._told_at = time.monotonic()

    def end(self, status: str) -> None:
        """Hand on what is left, and end the run, if there is one."""
        if self._run:
            self._record(status)

    def _record(self, status: str) -> None:
        from mlflow.entities import Metric

        if self._failed:
            return
        metrics = [Metric(*values) for values in self._waiting]
        try:
            with tracking.client() as client:
                self._run = self._run or self._begin(client)
                client.log_batch(self._run, metrics=metrics)
                if status != RUNNING:
                    client.set_terminated(self._run, status)
        except ProjectError as error:
            self._failed = True
            print(f"the fit goes on untold: {error}", file=sys.stderr, flush=True)
        self._waiting.clear()

    def _begin(self, client: "MlflowClient") -> str:
        """Return the run that an interrupted process has left, or a new one."""
        from mlflow.entities import Param

        experiment = tracking.experiment(client, f"{project.project().name}-fits")
        same = f"tags.{FIT} = '{self._name}' and status = '{RUNNING}'"
        left: list[Any] = list(client.search_runs([experiment], same, max_results=1))
        if left:
            return str(left[0].info.run_id)
        run = client.create_run(experiment, tags={FIT: self._name}, run_name=self._name[:12])
        parameters = [Param(key, str(value)) for key, value in self._parameters.items()]
        client.log_batch(run.info.run_id, params=parameters)
        return str(run.info.run_id)
