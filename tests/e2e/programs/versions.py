"""Runs in a project, connected: print each version of a model, and the day it was trained as of."""

import json
import sys

import mlflow

found = mlflow.MlflowClient().search_model_versions(f"name='{sys.argv[1]}'")
print(json.dumps([[version.version, version.tags["as_of"]] for version in found]))
