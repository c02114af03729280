"""What the store of lines knows, and what it takes."""

import json
import re
from typing import Any
from urllib.parse import quote

from offline import machine
from tests.e2e.kit import inside, waiting
from tests.e2e.kit.delivery import Delivered

ARRIVAL_SECONDS = 60  # within which a line is in the store
CAPTURED_SECONDS = 180  # within which the last span of a request is: rows wait for a minute
STORE, AGENT = "telemetry", "log-agent"


def told(project: Delivered, path: str) -> str:
    """Return what the store answers."""
    return inside.ask(project, STORE, "logs", 9428, path)


def count(project: Delivered, filters: str) -> int:
    """Return how many lines of all time there are."""
    query = quote(f"{filters} | stats count() as lines")
    answer: dict[str, Any] = json.loads(told(project, f"select/logsql/query?query={query}"))
    return int(answer["lines"])


def known(project: Delivered, filters: str) -> int:
    """Return how many lines there are, 0 while the store does not answer."""
    try:
        return count(project, filters)
    except machine.HarnessError:
        return 0


def everything(project: Delivered, since: str) -> list[str]:
    """Return the lines of some time, each with all that the store knows of it."""
    return told(project, f"select/logsql/query?query=_time:{since}").splitlines()


def taken(project: Delivered) -> float:
    """Return how many bytes the store has been sent since it began."""
    lines = told(project, "metrics").splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("vl_bytes_ingested"))


def asked(project: Delivered, *words: str) -> str:
    """Return what `make logs` prints, once it prints anything."""
    return _printed(project, "logs", words, "", ARRIVAL_SECONDS)


def traced(project: Delivered, identity: str, last: str) -> str:
    """Return what `make trace` prints of an id, once it has printed the span that comes last."""
    return _printed(project, "trace", (f"ID={identity}",), last, CAPTURED_SECONDS)


def _printed(
    project: Delivered, command: str, words: tuple[str, ...], last: str, seconds: int
) -> str:
    def found() -> str:
        try:
            said = project.make(command, *words)
        except machine.HarnessError as error:
            return "" if re.search("No (line|trace) is kept", str(error)) else str(error)
        return said if last in said else ""

    return str(waiting.until(found, seconds, lambda: f"no {last or 'line'} for {words}"))
