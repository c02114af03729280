"""Spans: what belongs to one trace, from whoever began it, and nothing of a row."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from slipway import logs
from slipway.logs import context, local, record, span
from slipway.logs.context import Context
from slipway.settings import settings

DOE = "Jane-Doe-4711"
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
HEADER = f"00-{TRACE}-{PARENT}-01"


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test run within a trace of whoever runs the tests."""
    for name in (context.VARIABLE, context.WORKFLOW, record.FORMAT):
        monkeypatch.delenv(name, raising=False)


def printed(body: str, **variables: str) -> list[dict[str, Any]]:
    """Return the records of a program that does something as the step `train` in a pod."""
    program = (
        "from slipway import logs\n@logs.step\ndef train():\n"
        + "".join(f"    {line}\n" for line in body.splitlines())
        + "train()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"LOG_FORMAT": "json"} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return [json.loads(line) for line in ended.stdout.splitlines()]


def kept() -> list[dict[str, Any]]:
    """Return what this machine has kept."""
    return list(local.kept(settings().state))


def test_a_step_is_a_span_of_the_trace_it_was_started_within() -> None:
    line, one = printed("logs.tell('-> 12 rows')", TRACEPARENT=HEADER)
    assert (one["kind"], one["event"], one["component"]) == ("span", "train", "train")
    assert (one["trace_id"], one["parent_id"]) == (TRACE, PARENT)
    assert set(one) <= {*record.FIELDS, *record.SPAN}
    assert (line["event"], line["trace_id"]) == ("-> 12 rows", TRACE)


def test_pods_of_one_workflow_are_of_one_trace() -> None:
    identity = "0af76519-16cd-43dd-8448-eb211c80319c"
    found = {printed("pass", LOG_TRACE=identity)[0]["trace_id"] for _ in range(2)}
    assert found == {TRACE}


def test_what_nobody_began_is_a_trace_of_its_own() -> None:
    first, second = (printed("pass")[0] for _ in range(2))
    assert first["trace_id"] != second["trace_id"]
    assert "parent_id" not in first


def test_of_a_failure_a_span_has_the_kind_and_not_the_words() -> None:
    one, line = printed(f"raise ValueError('{DOE}')")
    assert (one["kind"], one["error"], one["level"]) == ("span", "ValueError", "error")
    assert DOE not in json.dumps(one)
    assert line["trace_id"] == one["trace_id"]


def test_parts_lie_within_the_whole_and_notes_are_of_the_innermost() -> None:
    with logs.process("train"), span.part("inner", rows=3):
        span.note(snapshot="abc")
    inner, whole = kept()
    assert (inner["rows"], inner["snapshot"]) == (3, "abc")
    assert inner["parent_id"] == whole["span_id"]
    assert whole["milliseconds"] >= inner["milliseconds"]


def test_without_a_trace_nothing_is_kept() -> None:
    with span.part("inner"):
        span.note(rows=3)
    logs.tell("-> 3 rows")
    assert kept() == []
    assert span.carried() == {}


def test_another_process_becomes_a_part_of_what_goes_on() -> None:
    with logs.process("train"):
        variables = span.carried()
        (one,) = printed("pass", **variables)
    (whole,) = kept()
    assert (one["trace_id"], one["parent_id"]) == (whole["trace_id"], whole["span_id"])


def test_why_a_command_failed_is_kept_on_one_machine() -> None:
    with pytest.raises(KeyError), logs.process("gate"):
        raise KeyError("odd")
    line, one = kept()
    assert (line["level"], one["error"]) == ("error", "KeyError")
    assert line["exception"].startswith("Traceback")


def test_a_file_that_grew_makes_room_and_what_was_cut_off_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local, "BYTES_MAXIMUM", 1)
    for _ in range(3):
        with logs.process("train"):
            pass
    with (settings().state / local.FILE).open("ab") as file:
        file.write(b'{"kind": "sp')
    assert len(kept()) == 2


def test_a_disk_that_cannot_be_written_costs_no_step(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "occupied").touch()
    monkeypatch.setenv("STATE_DIR", "occupied")
    settings.cache_clear()
    with logs.process("train"):
        pass


@pytest.mark.parametrize("sampled", [True, False])
def test_a_header_says_what_it_was_made_of(sampled: bool) -> None:
    made = Context(TRACE, PARENT, sampled)
    assert context.parse(made.header()) == made


def test_outside_a_project_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from slipway.project import project

    monkeypatch.setenv("PROJECT_ROOT", str(tmp_path / "none"))
    settings.cache_clear()
    project.cache_clear()
    with logs.process("train"):
        pass
    assert not (tmp_path / "none").exists()
