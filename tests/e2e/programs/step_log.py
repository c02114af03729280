"""Runs in a project, connected: print what a step has printed. Arguments: bucket, run, step."""

import sys

import obstore
from obstore.store import from_url

bucket, run, step = sys.argv[1:]
store = from_url(f"s3://{bucket}")
for page in obstore.list(store, prefix="pipelines/"):
    for path in (item["path"] for item in page):
        if f"/{run}/{step}/" in path and path.endswith("executor-logs"):
            print(bytes(obstore.get(store, path).bytes()).decode())
