"""Questions to the Prometheus of a cluster."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import httpx

from .errors import ProjectError
from .project import project

TIMEOUT_SECONDS = 120


class Sample(NamedTuple):
    """One series and its value."""

    labels: Mapping[str, str]
    value: float


class Series(NamedTuple):
    """The samples of one series: seconds since 1970, and a value."""

    labels: Mapping[str, str]
    samples: list[tuple[float, str]]


def inside() -> str:
    """Return the address of this project's Prometheus, as it is called inside the cluster."""
    return f"http://prometheus.{project().name}-monitoring:9090"


def ask(address: str, query: str, at: datetime) -> list[Sample]:
    """Return what a query gives at a moment.

    Raises:
        ProjectError: Prometheus does not answer, or refuses the query.
    """
    body = _answer(address, "query", {"query": query, "time": f"{at.timestamp():.3f}"})
    return [
        Sample(item["metric"], float(item["value"][1]))
        for item in body["result"]
        if "value" in item
    ]


def between(address: str, query: str, start: datetime, end: datetime, step: int) -> list[Series]:
    """Return what a query gives from one moment to another, every `step` seconds.

    Raises:
        ProjectError: Prometheus does not answer, or refuses the query.
    """
    times = {"start": f"{start.timestamp():.3f}", "end": f"{end.timestamp():.3f}"}
    body = _answer(address, "query_range", {"query": query, **times, "step": f"{step}"})
    return [Series(item["metric"], item["values"]) for item in body["result"]]


def retention(address: str) -> str:
    """Return for how long Prometheus keeps figures, as its own option says it."""
    return str(_answer(address, "status/flags", {}).get("storage.tsdb.retention.time", "0s"))


def _answer(address: str, path: str, parameters: Mapping[str, str]) -> Any:
    try:
        url = f"{address}/api/v1/{path}"
        response = httpx.get(url, params=parameters, timeout=TIMEOUT_SECONDS)
        body = response.json()
        status = body["status"]
    except (httpx.HTTPError, httpx.InvalidURL, KeyError, TypeError, ValueError) as error:
        reason = str(error).rstrip(".") or type(error).__name__
        raise ProjectError(
            f"Prometheus at {address} gives no answer ({reason}): see that its pod runs."
        ) from None
    if status != "success":
        raise ProjectError(f"Prometheus at {address} refuses a query: {body.get('error')}.")
    return body["data"]
