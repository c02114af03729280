"""Runs in a pod that serves: ask for more rows than a server keeps for its captures.

Argument: the body of a request as JSON, with one row.
"""

import http.client
import json
import sys

ROWS, REQUESTS = 2500, 60  # a server keeps 100,000 rows

row = json.loads(sys.argv[1])["rows"][0]
body = json.dumps({"rows": [row] * ROWS})
for _ in range(REQUESTS):
    connection = http.client.HTTPConnection("127.0.0.1", 8080, timeout=60)
    connection.request("POST", "/v1/predictions", body)
    assert connection.getresponse().read()
    connection.close()
