"""`make trace`: from any id to the tree, its lines, and the commands that go on from there."""

import pytest

from slipway import cli, logs
from slipway.logs import context, local, span
from slipway.settings import settings
from slipway.trace import find
from tests.engine.logs.test_ask import store

TRACE, REQUEST, RUN = "a" * 32, "b" * 32, "late-parcels-training-x1"
SERVED = {"trace_id": TRACE, "environment": "prod", "component": "server", "model_version": "7"}
SERVED |= {"project": "late-parcels", "level": "info"}
WHOLE = {"_time": "2026-11-30T07:32:13.78Z", "_msg": "POST infer", "kind": "span", **SERVED}
WHOLE |= {"span_id": "1" * 16, "parent_id": "c" * 16, "start": "2026-11-30T07:32:13.7+00:00"}
WHOLE |= {"milliseconds": "4.1", "request_id": REQUEST, "status": "200"}
PART = WHOLE | {"_msg": "score", "span_id": "2" * 16, "parent_id": "1" * 16, "milliseconds": "2500"}
LINE = {"_time": "2026-11-30T07:32:13.79Z", "_msg": "request", "request_id": REQUEST, **SERVED}


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test run within a trace of whoever runs the tests."""
    for name in (context.VARIABLE, context.WORKFLOW):
        monkeypatch.delenv(name, raising=False)


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    """Return what the command prints."""
    assert cli.main(["trace", *words]) == 0
    return capsys.readouterr().out.splitlines()


def trained(capsys: pytest.CaptureFixture[str]) -> None:
    """Leave what a training leaves on one machine, and nothing that it printed."""
    with logs.process("train", "slipway train"), span.part("register"):
        span.note(model_version=3, registry_run="r1", snapshot="abc")
        logs.tell("-> v3")
    capsys.readouterr()


@pytest.mark.parametrize("identity", [TRACE, REQUEST, RUN])
def test_an_id_of_a_trace_request_or_run_is_asked_for(
    identity: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with store([WHOLE]) as (address, queries):
        assert shown(capsys, "--id", identity, "--store", address)
    first, second = queries
    for field in find.LEADING:
        assert f'"{field}":="{identity}"' in first
    assert f'("trace_id":="{TRACE}")' in second


def test_the_tree_has_parts_below_the_whole_whose_own_parent_is_the_client(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with store([LINE, PART, WHOLE, WHOLE]) as (address, _):
        head, whole, part, *_ = shown(capsys, "--id", REQUEST, "--store", address)
    assert head == f"trace {TRACE}, began 2026-11-30 07:32:13 UTC"
    assert whole.split()[:7] == ["+", "0.000", "s", "4.1", "ms", "POST", "infer"]
    assert whole.index("POST") < part.index("score")
    assert part.split()[3:6] == ["2.5", "s", "score"]
    assert "status=200" in whole


def test_its_lines_follow_and_the_commands_that_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    written = PART | {"object": "17-ab", "_msg": "capture", "run_id": RUN}
    with store([LINE, WHOLE, written]) as (address, _):
        said = shown(capsys, "--id", REQUEST, "--store", address, "--cluster", "kind")
    assert said[said.index("lines") + 1].startswith("11-30 07:32:13 prod server request")
    ways = "\n".join(said[said.index("go on") :])
    assert "make lineage ENV=prod WHERE=kind" in ways
    assert "17-ab.parquet" in ways
    assert f"make logs WHERE=kind RUN={RUN}" in ways


def test_on_one_machine_a_training_is_found_by_its_run_in_the_registry(
    capsys: pytest.CaptureFixture[str],
) -> None:
    trained(capsys)
    said = shown(capsys, "--id", "r1")
    assert [row.split()[5] for row in said[1:3]] == ["slipway", "register"]
    assert any(row.endswith("-> v3") for row in said)
    assert "make compare B=v3" in "\n".join(said)
    assert "snapshot abc" in "\n".join(said)


def test_without_an_id_the_newest_traces_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    trained(capsys)
    trained(capsys)
    rows = shown(capsys)
    assert len(rows) == 2
    identity = rows[-1].rpartition("ID=")[2]
    assert shown(capsys, "--id", identity)[0].startswith(f"trace {identity}")


@pytest.mark.parametrize("words", [(), ("--id", "f" * 32)], ids=["no trace", "an unknown id"])
def test_what_nothing_is_kept_of_is_one_sentence(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["trace", *words]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: No trace is kept")
    assert said.count("\n") == 1


def test_a_request_of_which_no_span_was_kept_still_has_its_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with store([LINE]) as (address, _):
        said = shown(capsys, "--id", REQUEST, "--store", address)
    assert "lines" in said
    assert not any(row.startswith("trace ") for row in said)


def test_commands_that_are_no_part_of_the_loop_leave_no_trace() -> None:
    assert cli.main(["trace"]) == 1
    assert list(local.kept(settings().state)) == []
