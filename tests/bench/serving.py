"""Cost of the model server beside a bare one with the same model, in the same run.

`make bench-serving` trains a model, puts the servers on one core and the client on another, and
prints for each the best of the rounds. Linux only: it pins processes and reads /proc.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from slipway import bundle, project
from slipway.command import outside_hooks
from slipway.training import steps
from slipway.training_data.columns import to_columns

from .load import Load, load, post

CONNECTIONS = 32
RATIO_MINIMUM = 0.5  # of the bare server's requests a second, for the same request
P99_MS_MAXIMUM = 20
SERVER_CORE, CLIENT_CORE = 0, 1
START_SECONDS = 30
BARE, FULL = "tests.bench.bare", "slipway.serve"  # modules


def main() -> None:
    """Print the table; exit with 1 when the server misses a target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3, help="of one measurement")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        made = train(Path(name))
        os.sched_setaffinity(0, {CLIENT_CORE})
        best = measure(made, Path(name), asked.seconds, asked.rounds)
    base, own = best["bare, same request"], best["server, everything on"]
    print(f"{CONNECTIONS} connections, 1 row a request, best of {asked.rounds} rounds")
    print(f"{'':28}{'req/s':>8}{'p50 ms':>8}{'p99 ms':>8}{'CPU us':>8}{'ratio':>8}")
    for title, found in best.items():
        show(title, found, base)
    ratio = own.requests_per_second / base.requests_per_second
    met = ratio >= RATIO_MINIMUM and own.p99_ms <= P99_MS_MAXIMUM
    print(f"targets {RATIO_MINIMUM} and {P99_MS_MAXIMUM} ms: {'met' if met else 'missed'}")
    sys.exit(not met)


def show(title: str, found: Load, base: Load) -> None:
    """Print one line of the table."""
    figures = (found.requests_per_second, found.p50_ms, found.p99_ms, found.cpu_us)
    ratio = found.requests_per_second / base.requests_per_second
    print("{:28}{:8.0f}{:8.2f}{:8.2f}{:8.0f}{:8.2f}".format(title, *figures, ratio))


def train(directory: Path) -> Path:
    """Train on the newest parcels, away from the project's own state, and return the bundle."""
    os.environ |= {"STATE_DIR": str(directory / "var"), "SNAPSHOT_BACKEND": "directory"}
    as_of = project.source().available()[1]
    data, rows, fitted, compressed, made = (
        directory / name for name in ("data", "rows", "fitted", "compressed", "bundle")
    )
    steps.ingest(as_of, data)
    steps.validate(as_of, data, rows)
    steps.train(rows, fitted)
    steps.compress(rows, fitted, compressed)
    steps.evaluate(as_of, rows, fitted, compressed, made)
    return made


def measure(made: Path, directory: Path, seconds: float, rounds: int) -> dict[str, Load]:
    """Return the best round of each server."""
    model = bundle.load(made)
    requests = bodies(model)
    infer = f"/v2/models/{model.manifest.name}/infer"
    paths = {"MODEL_DIR": str(made), "CAPTURE_STORE": str(directory / "captures")}
    log = directory / "log.jsonl"
    best: dict[str, Load] = {}
    with server(BARE, paths, log) as bare, server(FULL, paths, log) as full:
        cases = {
            "bare, features ready-made": (bare, post("/features", requests["features"])),
            "bare, same request": (bare, post("/rows", requests["tensors"])),
            "server, everything on": (full, post(infer, requests["tensors"])),
            "server, /v1/predictions": (full, post("/v1/predictions", requests["rows"])),
            "server, explained": (full, post("/v1/predictions", requests["explained"])),
        }
        for title, ((port, pid), request) in list(cases.items()) * rounds:
            found = load(port, pid, request, CONNECTIONS, seconds)
            if title not in best or found.requests_per_second > best[title].requests_per_second:
                best[title] = found
    return best


def bodies(model: bundle.Model) -> dict[str, bytes]:
    """Return one row of the source as a body for each kind of route."""
    source = project.source()
    frame = source.read_features(*source.available()).head(1)
    features = project.features().transform(to_columns(frame), model.encoder)
    row = msgspec.to_builtins(frame.to_dicts()[0])
    tensors = [
        {"name": spec.name, "shape": [1], "datatype": spec.datatype, "data": [row[spec.name]]}
        for spec in model.manifest.inputs
    ]
    ready = {"name": "features", "shape": [1, features.shape[1]], "datatype": "FP32"}
    return {
        "features": msgspec.json.encode({"inputs": [{**ready, "data": features[0].tolist()}]}),
        "tensors": msgspec.json.encode({"inputs": tensors}),
        "rows": msgspec.json.encode({"rows": [row]}),
        "explained": msgspec.json.encode({"rows": [row], "explain": True}),
    }


@contextmanager
def server(module: str, environment: dict[str, str], log: Path) -> Iterator[tuple[int, int]]:
    """Run a module that serves, on a core of its own, and yield its port and pid."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module],
            env=outside_hooks({**os.environ, **environment, "PORT": str(port)}),
            stdout=output,
        )
    os.sched_setaffinity(process.pid, {SERVER_CORE})
    try:
        wait(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def wait(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when the server accepts connections."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    sys.exit(f"error: the server on port {port} did not start.")


if __name__ == "__main__":
    main()
