"""python -m slipway.serve.prove URL: ask a server as clients do, and compare with the model.

The rows are drawn from the baseline that travels with the model, so no data is needed. The server
keeps none of them for the monitor: a header names the released manifest, which no client knows.
"""

import http.client
import math
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
import numpy as np

from .. import bundle
from ..bundle import Model
from ..contract import times
from ..contract.baseline import CategoryBaseline
from ..contract.inputs import InputSpec
from ..errors import ProjectError
from ..objectives import objectives
from . import settings
from .inputs import Inputs, to_batch
from .predictions import PROOF_HEADER

ROWS = 300
WARM_UP = 20  # the first answers are slower and not timed
TOLERANCE = 1e-6  # of a number
TIMEOUT_SECONDS = 5
SEED = 7

Row = dict[str, Any]


def prove(url: str, model: Model, latency_p99_ms: float) -> str:
    """Ask the server at `url` about ROWS rows, one at a time; return a sentence on the result.

    Raises:
        ProjectError: An answer fails, comes too late, or differs from the model's own.
    """
    rows = [_row(model, number) for number in range(ROWS)]
    expected = _expected(model, rows)
    seconds = []
    for number, (answer, duration) in enumerate(_answers(url, rows, model.manifest_digest)):
        served = answer["model"]["digest"]
        if served != model.model_digest:
            raise ProjectError(f"{url} serves model {served[:12]}, not {model.model_digest[:12]}.")
        for name, values in expected.items():
            _require_equal(url, name, answer["predictions"][0][name], values[number])
        seconds.append(duration)
    p99 = float(np.quantile(seconds[WARM_UP:], 0.99)) * 1000
    if p99 > latency_p99_ms:
        raise ProjectError(f"{url} answers within {p99:.1f} ms (p99), over {latency_p99_ms:g} ms.")
    return f"{ROWS} answers of {url} equal the model's, p99 {p99:.1f} ms."


def _require_equal(url: str, name: str, answered: Any, expected: Any) -> None:
    if not equal(answered, expected):
        raise ProjectError(f"{url} answers {name} {answered} where the model says {expected}.")


def equal(answered: Any, expected: Any) -> bool:
    """Tell whether two values of an output are the same, numbers to TOLERANCE of their size."""
    if isinstance(expected, list):
        return len(answered) == len(expected) and all(map(equal, answered, expected))
    if isinstance(expected, float):
        return math.isclose(answered, expected, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(answered == expected)


def _row(model: Model, number: int) -> Row:
    """Draw one valid row, inputs independent of each other, without a key."""
    random = np.random.default_rng((SEED, number))
    return {
        spec.name: _value(spec, model, random)
        for spec in model.manifest.inputs
        if spec.role != "key"
    }


def _value(spec: InputSpec, model: Model, random: np.random.Generator) -> str | bool | float | None:
    if spec.role == "time":
        day = datetime.fromisoformat(model.manifest.as_of)
        time_of_day = timedelta(minutes=int(random.integers(7 * 24 * 60)))
        time = np.array([day + time_of_day], dtype="datetime64[us]")
        return str(times.floor(time, spec.resolution).astype("datetime64[m]")[0])
    if spec.allowed:
        return spec.allowed[random.integers(len(spec.allowed))]
    baseline = model.manifest.baseline.features[spec.name]
    if isinstance(baseline, CategoryBaseline):
        return str(random.choice(baseline.categories))
    if spec.datatype == "BOOL":
        return bool(random.integers(2))
    if spec.nullable and random.random() < 0.1:
        return None
    least = baseline.edges[0] if spec.minimum is None else max(baseline.edges[0], spec.minimum)
    most = baseline.edges[-1] if spec.maximum is None else min(baseline.edges[-1], spec.maximum)
    number = float(np.float32(random.uniform(least, most)))
    return round(number) if spec.datatype == "INT64" else number


def _expected(model: Model, rows: list[Row]) -> dict[str, list[Any]]:
    values: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in rows[0]}
    batch = to_batch(Inputs(model.manifest.inputs), values, "proof")
    return model.answer(model.predict(batch.columns))


def _answers(url: str, rows: list[Row], manifest: str) -> Iterator[tuple[dict[str, Any], float]]:
    """Yield the answer for each row and the seconds it took, over one connection."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, TIMEOUT_SECONDS)
    try:
        for row in rows:
            started = time.perf_counter()
            body = msgspec.json.encode({"rows": [row]})
            connection.request("POST", "/v1/predictions", body, {PROOF_HEADER: manifest})
            response = connection.getresponse()
            answer = response.read()
            if response.status != http.HTTPStatus.OK:
                raise ProjectError(f"{url} answers {response.status}: {answer[:200].decode()}.")
            yield msgspec.json.decode(answer), time.perf_counter() - started
    except (OSError, http.client.HTTPException, msgspec.MsgspecError) as error:
        raise ProjectError(f"{url} does not answer: {error or type(error).__name__}.") from None
    finally:
        connection.close()


def main() -> int:
    """Prove the server named on the command line; a failed proof is one line and exit code 1."""
    try:
        options = settings.read()
        model = bundle.load(options.model_dir, options.model_digest, options.manifest_digest)
        print(prove(sys.argv[1], model, objectives().serving.latency_p99_ms))
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
