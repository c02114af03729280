"""Runs in a project, connected: list what pipelines put into a bucket. Argument: the bucket."""

import sys

import obstore
from obstore.store import from_url

store = from_url(f"s3://{sys.argv[1]}")
for page in obstore.list(store, prefix="pipelines/"):
    print("\n".join(item["path"] for item in page))
