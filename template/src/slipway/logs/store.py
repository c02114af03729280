"""Questions to the store of lines: VictoriaLogs, which components/telemetry runs."""

import json
from typing import Any

import httpx

from ..clusters import values
from ..errors import ProjectError
from ..project import project

ROOM = "components/telemetry"
PATH = "/insert/opentelemetry/v1/logs"
TIMEOUT_SECONDS = 60
Line = dict[str, Any]


def inside(cluster: str) -> str:
    """Return the address of the store, as it is called inside a cluster.

    Raises:
        ProjectError: The cluster's values send lines elsewhere.
    """
    own = f"http://logs.{project().name}-telemetry:9428"
    written = values.load(cluster).telemetry.logs_endpoint
    if written != own + PATH:
        raise ProjectError(
            f"{values.location(cluster)} sends lines to {written or 'nowhere'}, which this command "
            f"cannot ask: ask there, or write {own}{PATH}."
        )
    return own


def ask(address: str, query: str) -> list[Line]:
    """Return the lines that a query of LogsQL gives.

    Raises:
        ProjectError: The store does not answer, or refuses the query.
    """
    try:
        response = httpx.post(
            f"{address}/select/logsql/query", data={"query": query}, timeout=TIMEOUT_SECONDS
        )
        if response.is_error:
            raise ProjectError(f"The store of lines refuses `{query}`: {response.text.strip()}.")
        return [json.loads(line) for line in response.text.splitlines()]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        reason = str(error).rstrip(".") or type(error).__name__
        raise ProjectError(
            f"The store of lines at {address} gives no answer ({reason}): see that the pod `logs` "
            f"of {project().name}-telemetry runs; what pods say now is in `kubectl logs`."
        ) from None
