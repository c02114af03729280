"""Runs in a project, connected: print the run behind the candidate. Argument: the model's name."""

import json
import sys

import mlflow

client = mlflow.MlflowClient()
version = client.get_model_version_by_alias(sys.argv[1], "candidate")
run = client.get_run(version.run_id)
ids = {"experiment": run.info.experiment_id, "run": run.info.run_id}
print(json.dumps(ids | {"metrics": run.data.metrics}))
