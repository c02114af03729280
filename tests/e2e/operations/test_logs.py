"""What pods print can be asked later, by request and by run, and holds nothing of a row."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.e2e.kit import lines, memory, telemetry, waiting
from tests.e2e.kit.clients import Client
from tests.e2e.kit.delivery import Delivered, Measured
from tests.e2e.kit.workflows import end, start

PLACE = "dev"
COUNT = 1000
REQUESTS = f'request_id:* environment:{PLACE} !kind:="span"'
BYTES = 1_500  # of a request as it is sent, its spans and all attributes included
MEMORY = 350  # MiB at rest, of the store and an agent a node


@pytest.fixture(scope="module")
def kept(released: Delivered, measured: Measured) -> Delivered:
    """A project that keeps its lines."""
    telemetry.bring(released, measured)
    return released


@pytest.fixture(scope="module")
def planted(kept: Delivered, measured: Measured) -> dict[str, Any]:
    """Ask a server 1,000 times with a word that no log may have, and once without."""
    before = lines.taken(kept)
    found = telemetry.plant(kept, PLACE, COUNT)
    lines.asked(kept, f"REQUEST={found['request']}")  # the last: all others are there, too
    found["bytes"] = lines.taken(kept) - before
    measured(f"{COUNT:,} requests: {found['bytes'] / 1024:.0f} KiB of lines sent", 0)
    return found


def test_a_served_request_is_found_by_its_id(kept: Delivered, planted: dict[str, Any]) -> None:
    (line,) = lines.asked(kept, f"REQUEST={planted['request']}").strip().splitlines()
    assert f" {PLACE} server request " in line
    assert f"request_id={planted['request']}" in line
    assert "status=200" in line
    assert f"model_version={kept.release(PLACE)['model-version']}" in line


def test_nothing_of_a_row_is_in_the_store(kept: Delivered, planted: dict[str, Any]) -> None:
    assert set(planted["statuses"]) >= {"200", "400", "404"}
    kept_lines = lines.everything(kept, "15m")
    assert sum("request_id" in line for line in kept_lines) >= COUNT
    assert [line for line in kept_lines if telemetry.WORD in line] == []


def test_a_request_is_one_short_line(planted: dict[str, Any]) -> None:
    assert planted["bytes"] <= COUNT * BYTES


def test_from_a_failed_training_two_commands_lead_to_the_failing_steps_line(
    kept: Delivered,
) -> None:
    name = start(kept, "train", as_of="2012-01-01")
    assert end(kept, name)["status"]["phase"] == "Failed"
    table = kept.status()
    shown = re.search(r"RUN=(\S+)", table)
    assert shown, table
    failed = [line.split() for line in table.partition("FAILED RUN")[2].splitlines()[1:]]
    steps = {words[0]: words[-1] for words in failed if len(words) == 3}
    assert "ingest" in steps.values(), table
    run = [run for run, step in steps.items() if step == "ingest"][-1]  # the newest
    said = lines.asked(kept, f"RUN={run}", "LEVEL=error")
    assert " ingest error: The source has no rows of " in said
    assert f"run_id={run}" in said


@contextmanager
def away(kept: Delivered) -> Iterator[None]:
    """Let the store go, and come back; Git names no number, so Argo CD does not mind."""
    there = ("-n", kept.namespace(lines.STORE))
    gone = ("wait", "pod", "--for=delete", "--selector=app.kubernetes.io/name=logs")
    kept.kubectl(*there, "scale", "deployment/logs", "--replicas=0")
    kept.kubectl(*there, *gone, "--timeout=90s")
    yield
    kept.kubectl(*there, "scale", "deployment/logs", "--replicas=1")


def test_a_store_that_is_away_costs_no_request_and_no_line(
    kept: Delivered, planted: dict[str, Any], measured: Measured
) -> None:
    assert planted  # its lines have arrived, so they are not counted here
    before = lines.count(kept, REQUESTS)
    with away(kept):
        load = Client(kept, PLACE, rate=20, least=600).result()
    measured("load while the store of lines was away, slowest answer", load.slowest, load)
    assert dict(load.failures) == {}
    waiting.until(
        lambda: lines.known(kept, REQUESTS) >= before + load.asked,
        180,
        lambda: f"{lines.known(kept, REQUESTS) - before} of {load.asked} lines",
    )


def test_the_component_is_small_at_rest(kept: Delivered, measured: Measured) -> None:
    def held() -> dict[str, float]:
        rooms = (kept.namespace(lines.STORE), kept.namespace(lines.AGENT))
        return {name: size for room in rooms for name, size in memory.held(kept.made, room).items()}

    waiting.until(
        lambda: all(held().values()), 60, lambda: str(held())
    )  # a new pod is not measured
    found = held()
    for name, size in found.items():
        measured(f"memory of {name}: {size:.0f} MiB", 0)
    assert len(found) >= 1 + len(kept.made.nodes())
    assert sum(found.values()) <= MEMORY
