"""Runs in a pod that serves: ask it COUNT times with WORD wherever a client can put one.

It prints which statuses came back, and of one more request, without WORD, its id by the key of its
answer and the trace that it was a part of. Arguments: the body of a request as JSON, COUNT, WORD.
"""

import collections
import http.client
import json
import secrets
import sys
from typing import Any

body: dict[str, Any] = json.loads(sys.argv[1])
word = sys.argv[3]
statuses: collections.Counter[int] = collections.Counter()


def ask(path: str, row: dict[str, Any], headers: dict[str, str]) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", 8080, timeout=10)
    connection.request("POST", path, json.dumps({"rows": [row]}), headers)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


row = body["rows"][0]
PLACES: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("/v1/predictions", row | {"flight_id": word}, {}),
    ("/v1/predictions", row | {"carrier": word}, {}),
    ("/v1/predictions", row | {word: word}, {}),
    (f"/v1/predictions?{word}={word}", row, {"X-Word": word, "Traceparent": word}),
    (f"/{word}", row, {}),
]
for turn in range(int(sys.argv[2])):
    answered = ask(*PLACES[turn % len(PLACES)])[0]
    statuses[answered] += 1
trace, span = secrets.token_hex(16), secrets.token_hex(8)
_, answer = ask("/v1/predictions", row, {"Traceparent": f"00-{trace}-{span}-01"})
key = json.loads(answer)["predictions"][0]["key"]
print(json.dumps({"request": key[:32], "statuses": statuses, "trace": trace}))
