"""Trials in MLflow: a run for the search, and below it a run for each trial, each once."""

from typing import TYPE_CHECKING

from .. import project
from ..objectives import objectives
from ..registry import tracking
from .search import Trial

if TYPE_CHECKING:
    from mlflow import MlflowClient

SEARCH, TRIAL = "search", "trial"  # tags
PARENT = "mlflow.parentRunId"  # by which MLflow's pages nest runs


class Log:
    """The runs of one search, found again by its name."""

    def __init__(self, name: str) -> None:
        with tracking.client() as client:
            project_name = project.project().name
            self.experiment = tracking.experiment(client, f"{project_name}-tuning")
            runs = client.search_runs(
                [self.experiment], f"tags.{SEARCH} = '{name}'", max_results=5000
            )
            whole = [run for run in runs if TRIAL not in run.data.tags]
            trials = {run.data.tags[TRIAL]: run.info for run in runs if TRIAL in run.data.tags}
            self.logged = {number for number, run in trials.items() if run.status == "FINISHED"}
            self.begun = {number: run.run_id for number, run in trials.items()}
            self.name = name
            made = whole or [client.create_run(self.experiment, tags={SEARCH: name}, run_name=name)]
            self.run_id: str = made[0].info.run_id
            client.set_terminated(self.run_id)

    def add(self, trial: Trial) -> None:
        """Log a trial that is not there yet, or was not whole when somebody interrupted it."""
        number = str(trial.number)
        if number in self.logged:
            return
        from mlflow.entities import Metric, Param

        values = {f"fold_{fold}": value for fold, value in enumerate(trial.folds, start=1)}
        if trial.folds:
            values[objectives().quality] = trial.quality
        with tracking.client() as client:
            run_id = self.begun.get(number) or self._begin(client, number)
            client.log_batch(
                run_id,
                metrics=[Metric(key, value, 0, 0) for key, value in values.items()],
                params=[Param(key, str(value)) for key, value in trial.parameters.items()],
            )
            client.set_terminated(run_id)
        self.logged.add(number)

    def _begin(self, client: "MlflowClient", number: str) -> str:
        tags = {SEARCH: self.name, TRIAL: number, PARENT: self.run_id}
        run = client.create_run(self.experiment, tags=tags, run_name=f"trial {number}")
        return str(run.info.run_id)
