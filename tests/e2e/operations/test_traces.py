"""One trace goes from a client to the captured row, another from a workflow to the registry."""

import json
import re
from typing import Any

import pytest

from offline import machine
from tests.e2e.kit import lines, telemetry
from tests.e2e.kit.delivery import Delivered, Measured
from tests.e2e.kit.workflows import STEPS, end, finish, start

PLACE = "dev"
NEWEST = "from slipway import registry; print(registry.newest().as_of)"
ROW = re.compile(r"^\+ +[\d.]+ s +[\d.]+ m?s  ( *)(\S.*?)(?: {2,}|$)", re.M)


@pytest.fixture(scope="module")
def kept(released: Delivered, measured: Measured) -> Delivered:
    """A project that keeps its lines, and traces with them."""
    telemetry.bring(released, measured)
    return released


@pytest.fixture(scope="module")
def planted(kept: Delivered) -> dict[str, Any]:
    """Ask a server as a client that keeps a trace, and with a word that no span may have."""
    return telemetry.plant(kept, PLACE, 100)


@pytest.fixture(scope="module")
def trained(kept: Delivered, measured: Measured) -> str:
    """Return the name of a workflow that has trained once more what the registry has already."""
    version = kept.connected("-c", NEWEST).splitlines()[-1]
    name = start(kept, "train", as_of=version)
    finish(kept, name)
    return name


def spans(said: str) -> dict[str, int]:
    """Return the names of the spans that are printed, each with how deep it lies."""
    return {name: len(indent) // 2 for indent, name in ROW.findall(said)}


@pytest.mark.parametrize("kind", ["request", "trace"])
def test_a_request_is_a_tree_from_its_client_to_its_captured_row(
    kind: str, kept: Delivered, planted: dict[str, Any]
) -> None:
    said = lines.traced(kept, planted[kind], "capture")
    assert spans(said) == {"POST predictions": 0, "score": 1, "capture": 1}
    assert f"trace {planted['trace']}, " in said
    assert f"request_id={planted['request']}" in said
    assert f"model_version={kept.release(PLACE)['model-version']}" in said
    assert f"{PLACE} server request " in said.partition("\nlines\n")[2]


def test_from_a_prediction_documented_commands_lead_to_its_data_and_training(
    kept: Delivered, planted: dict[str, Any]
) -> None:
    said = lines.traced(kept, planted["request"], "capture")
    command = re.search(r"make (lineage ENV=dev) WHERE=kind", said)
    assert command, said
    walk = kept.make(*command[1].split())
    release = kept.release(PLACE)
    assert release["model-digest"] in walk
    assert release["source-commit"] in walk


def test_a_workflow_and_the_steps_of_its_run_are_one_trace(kept: Delivered, trained: str) -> None:
    said = lines.traced(kept, trained, "slipway train")
    found = spans(said)
    assert found == {"slipway train": 0} | dict.fromkeys(STEPS, 1)
    workflow = kept.get("workflows.argoproj.io", "pipelines", trained)
    assert f"trace {workflow['metadata']['uid'].replace('-', '')}, " in said
    assert re.search(r"registry_run=\w{32}", said)
    assert "-> " in said.partition("\nlines\n")[2]


def test_a_training_that_failed_has_the_step_and_its_line_in_one_command(kept: Delivered) -> None:
    name = start(kept, "train", as_of="2012-01-01")
    assert end(kept, name)["status"]["phase"] == "Failed"
    said = lines.traced(kept, name, "slipway train")
    assert spans(said) == {"slipway train": 0, "ingest": 1}
    assert " ingest error: The source has no rows of " in said


def test_no_span_holds_anything_of_a_row(kept: Delivered, planted: dict[str, Any]) -> None:
    lines.traced(kept, planted["request"], "capture")
    kept_spans = [
        line for line in lines.everything(kept, "15m") if json.loads(line).get("kind") == "span"
    ]
    assert kept_spans
    assert [line for line in kept_spans if telemetry.WORD in line] == []


def test_an_id_that_leads_nowhere_is_one_sentence(kept: Delivered) -> None:
    with pytest.raises(machine.HarnessError, match="No trace is kept that nowhere leads to"):
        kept.make("trace", "ID=nowhere")
