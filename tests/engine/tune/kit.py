"""What a search has left in MLflow."""

from typing import Any

from slipway.registry import tracking

TAG = "trial"


def logged() -> list[Any]:
    """Return the runs of all searches, and of their trials."""
    with tracking.client() as client:
        experiment = client.get_experiment_by_name("late-parcels-tuning")
        assert experiment is not None
        return list(client.search_runs([experiment.experiment_id]))


def numbers() -> list[int]:
    """Return the numbers of the trials that have ended, in order."""
    ended = [run for run in logged() if run.info.status == "FINISHED"]
    return sorted(int(run.data.tags[TAG]) for run in ended if TAG in run.data.tags)


def forget(runs: list[Any]) -> None:
    """Remove runs, as somebody may do on MLflow's pages."""
    with tracking.client() as client:
        for run in runs:
            client.delete_run(run.info.run_id)
