"""Runs in a project, connected: send requests to the registry and print the answers' statuses.

Arguments, as JSON: an account (name and password, or null), and requests (method, path, body).
"""

import json
import os
import sys

import httpx

account, requests = (json.loads(text) for text in sys.argv[1:])
address = os.environ["MLFLOW_TRACKING_URI"]
client = httpx.Client(base_url=address, auth=account and tuple(account))
answers = []
for method, path, body in requests:
    content = None if method == "GET" else json.dumps(body)
    headers = {"content-type": "application/json"}
    response = client.request(method, path, content=content, headers=headers)
    answers.append([method, path, response.status_code])
print(json.dumps(answers))
