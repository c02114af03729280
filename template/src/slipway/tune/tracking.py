"""The record of a search in MLflow: a run for the search, and below it a run for each trial.

A trial is whole when its run has ended; what somebody interrupted is tried again.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from .. import project
from ..errors import ProjectError
from ..objectives import objectives
from ..registry import tracking
from .trials import Trial

if TYPE_CHECKING:
    from mlflow import MlflowClient

SEARCH, TRIAL = "search", "trial"  # tags: a name, and a number
RECORD = "record"  # tag: the trial as JSON; of the search's run, what model.py says
PIPELINE = "pipeline_run"  # tag: the id of the run of a pipeline that asked last
PARENT = "mlflow.parentRunId"  # by which MLflow's pages nest runs
RUNS = 50_000  # the most that MLflow lists at once
ENDED = "FINISHED"


class Record:
    """What came of one search: its trials by number, and the one of model.py.

    Raises:
        ProjectError: MLflow fails.
    """

    def __init__(self, name: str) -> None:
        with tracking.client() as client:
            self.name = name
            self.experiment = _experiment(client)
            runs = _runs(client, self.experiment, SEARCH, name)
            whole = [run for run in runs if TRIAL not in run.data.tags]
            self.run = whole[0] if whole else _begin(client, self.experiment, name, {})
            if not whole:
                client.set_terminated(self.run.info.run_id)
        tried = [run for run in runs if TRIAL in run.data.tags]
        ended = [_trial(run) for run in tried if run.info.status == ENDED]
        self.trials = {trial.number: trial for trial in ended}
        self._halves = [run for run in tried if run.info.status != ENDED]

    @property
    def now(self) -> Trial:
        """What model.py said when the search was begun last."""
        return _trial(self.run)

    def begin(self, now: Trial, pipeline_run: str) -> None:
        """Record what the parameters of model.py reach, and who asks."""
        with tracking.client() as client:
            run_id = self.run.info.run_id
            client.set_tag(run_id, RECORD, _text(now))
            client.set_tag(run_id, PIPELINE, pipeline_run)
            self.run = client.get_run(run_id)

    def add(self, trial: Trial) -> None:
        """Record a trial in place of what an interrupted attempt at it has left."""
        from mlflow.entities import Metric, Param

        values = {f"fold_{fold}": value for fold, value in enumerate(trial.folds, start=1)}
        if trial.folds:
            values[objectives().quality] = trial.quality
        number = str(trial.number)
        tags = {TRIAL: number, PARENT: self.run.info.run_id, RECORD: _text(trial)}
        with tracking.client() as client:
            for half in self._halves:
                if half.data.tags[TRIAL] == number:
                    client.delete_run(half.info.run_id)
            run_id = _begin(client, self.experiment, self.name, tags).info.run_id
            client.log_batch(
                run_id,
                metrics=[Metric(key, value, 0, 0) for key, value in values.items()],
                params=[Param(key, str(value)) for key, value in trial.parameters.items()],
            )
            client.set_terminated(run_id)
        self.trials[trial.number] = trial


def of_pipeline(run: str) -> Record:
    """Return the record of the search that a run of a pipeline has begun.

    Raises:
        ProjectError: MLflow fails, or has none: somebody has removed it.
    """
    with tracking.client() as client:
        found = _runs(client, _experiment(client), PIPELINE, run)
    if not found:
        raise ProjectError(f"MLflow at {tracking.address()} has no search of run {run} any more.")
    return Record(found[0].data.tags[SEARCH])


def _experiment(client: "MlflowClient") -> str:
    return tracking.experiment(client, f"{project.project().name}-tuning")


def _runs(client: "MlflowClient", experiment: str, tag: str, value: str) -> list[Any]:
    return list(client.search_runs([experiment], f"tags.{tag} = '{value}'", max_results=RUNS))


def _begin(client: "MlflowClient", experiment: str, name: str, tags: dict[str, str]) -> Any:
    title = f"trial {tags[TRIAL]}" if tags else name
    return client.create_run(experiment, tags={SEARCH: name, **tags}, run_name=title)


def _text(trial: Trial) -> str:
    return msgspec.json.encode(trial).decode()


def _trial(run: Any) -> Trial:
    return msgspec.json.decode(run.data.tags[RECORD], type=Trial)
