"""Runs in a pod: ask a server at a steady rate, one new connection a request.

It prints each answer when it comes for the first time, and at the end what came back.
Environment: URL, BODY (JSON of a request), RATE (a second), LEAST (requests). SIGTERM ends it once
LEAST requests were sent; twenty minutes end it in any case.
"""

import collections
import http.client
import json
import os
import signal
import threading
import time
from urllib.parse import urlsplit

PLACE = urlsplit(os.environ["URL"])
BODY = os.environ["BODY"].encode()
RATE = float(os.environ["RATE"])
LEAST = int(os.environ["LEAST"])
MOST = int(RATE * 1200)
WORKERS = 32

answers: collections.Counter[str] = collections.Counter()
failures: collections.Counter[str] = collections.Counter()
slowest = 0.0
turns = iter(range(MOST))
lock = threading.Lock()
enough = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: enough.set())
started = time.monotonic()


def ask() -> str:
    connection = http.client.HTTPConnection(PLACE.hostname or "", PLACE.port, timeout=10)
    connection.request("POST", "/v1/predictions", BODY)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    if response.status != 200:
        raise OSError(f"{response.status} {text[:80]!r}")
    answer = json.loads(text)
    (prediction,) = answer["predictions"]
    del prediction["key"]  # another one each time
    return f"{answer['model']['digest'][:12]} {json.dumps(prediction)}"


def work() -> None:
    global slowest
    while True:
        with lock:
            turn = next(turns, MOST)
        if turn == MOST or (turn >= LEAST and enough.is_set()):
            return
        time.sleep(max(0, started + turn / RATE - time.monotonic()))
        begun = time.monotonic()
        try:
            answer = ask()
        except (OSError, http.client.HTTPException, KeyError, ValueError) as error:
            with lock:
                failures[f"{type(error).__name__}: {error}"[:120]] += 1
        else:
            with lock:
                if answer not in answers:
                    print(answer, flush=True)
                answers[answer] += 1
                slowest = max(slowest, time.monotonic() - begun)


threads = [threading.Thread(target=work) for _ in range(WORKERS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
took = time.monotonic() - started
print(json.dumps({"answers": answers, "failures": failures, "slowest": slowest, "seconds": took}))
