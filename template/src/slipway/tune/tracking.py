"""Trials in MLflow: a run for the search, and below it a run for each trial, each once."""

from .. import project
from ..objectives import objectives
from ..registry import tracking
from .search import Trial

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
            of_trials = [run for run in runs if TRIAL in run.data.tags]
            whole = [run for run in runs if TRIAL not in run.data.tags]
            self.logged = {
                run.data.tags[TRIAL] for run in of_trials if run.info.status == "FINISHED"
            }
            self.name = name
            made = whole or [client.create_run(self.experiment, tags={SEARCH: name}, run_name=name)]
            self.run_id: str = made[0].info.run_id
            client.set_terminated(self.run_id)

    def add(self, trial: Trial) -> None:
        """Log a trial that is not there yet; one that was interrupted while logged is again."""
        if str(trial.number) in self.logged:
            return
        from mlflow.entities import Metric, Param

        tags = {SEARCH: self.name, TRIAL: str(trial.number), PARENT: self.run_id}
        values = {f"fold_{number}": value for number, value in enumerate(trial.folds, start=1)}
        if trial.folds:
            values[objectives().quality] = trial.quality
        with tracking.client() as client:
            run = client.create_run(self.experiment, tags=tags, run_name=f"trial {trial.number}")
            time = run.info.start_time
            client.log_batch(
                run.info.run_id,
                metrics=[Metric(key, value, time, 0) for key, value in values.items()],
                params=[Param(key, str(value)) for key, value in trial.parameters.items()],
            )
            client.set_terminated(run.info.run_id)
        self.logged.add(str(trial.number))
