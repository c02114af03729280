"""Runs in a project, connected: print the runs of all searches. Argument: the project's name."""

import json
import sys

import mlflow

client = mlflow.MlflowClient()
experiment = client.get_experiment_by_name(f"{sys.argv[1]}-tuning")
found = client.search_runs([experiment.experiment_id])
trials = [
    {
        "number": run.data.tags["trial"],
        "parent": run.data.tags["mlflow.parentRunId"],
        "status": run.info.status,
        "metrics": sorted(run.data.metrics),
    }
    for run in found
    if "trial" in run.data.tags
]
searches = [run.info.run_id for run in found if "trial" not in run.data.tags]
print(json.dumps({"searches": searches, "trials": trials}))
