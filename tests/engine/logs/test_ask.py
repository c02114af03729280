"""`make logs`: what is asked of the store, what is printed, and what is said when nothing is."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from slipway import cli
from slipway.clusters import commands, connect
from slipway.logs import ask
from slipway.logs.ask import Question
from tests.engine.clusters.kit import add_cluster

SENT = "http://logs.late-parcels-telemetry:9428/insert/opentelemetry/v1/logs"
REQUEST = {
    "_time": "2026-11-30T07:32:13.78Z",
    "_msg": "request",
    "_stream": "{}",
    "component": "server",
    "environment": "prod",
    "k8s.pod.name": "serving-a",
    "level": "info",
    "project": "late-parcels",
    "scope.name": "x",
    "severity_text": "info",
    "status": "200",
}
OTHER = {"_time": "2026-11-30T07:32:12Z", "_msg": "exit status 1", "level": "error"}
OTHER |= {"k8s.pod.name": "train-x1-impl", "k8s.container.name": "main"}


@contextmanager
def store(lines: list[dict[str, str]], status: int = 200) -> Iterator[tuple[str, list[str]]]:
    """Answer queries with lines; yield the address and the queries."""
    queries: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            queries.append(parse_qs(body)["query"][0])
            self.send_response(status)
            self.end_headers()
            self.wfile.write("".join(f"{json.dumps(line)}\n" for line in lines).encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", queries
        server.shutdown()


QUERIES = {
    Question(): "_time:1h ",
    Question(request="ab"): '_time:365d ("request_id":="ab" or "trace_id":="ab") ',
    Question(run="t-1"): (
        '_time:365d ("run_id":="t-1" or "k8s.pod.name":="t-1" or "k8s.pod.name":="t-1-"*) '
    ),
    Question(level="error", since="7d"): '_time:7d ("level":="error" or "level":="critical") ',
    Question(component="gate"): '_time:1h ("component":="gate" or "k8s.container.name":="gate") ',
    Question(environment="prod"): (
        '_time:1h ("environment":="prod" or "k8s.namespace.name":="late-parcels-prod") '
    ),
    Question(request='a" or *'): (
        '_time:365d ("request_id":="a\\" or *" or "trace_id":="a\\" or *") '
    ),
}


@pytest.mark.parametrize("question", QUERIES, ids=str)
def test_a_question_is_one_query_of_the_newest_lines(question: Question) -> None:
    time, _, filters = QUERIES[question].partition(" ")
    newest = "sort by (_time) desc | limit 201"
    assert question.query() == f'{time} !"kind":="span" {filters}| {newest}'


def test_a_line_is_printed_for_a_person_oldest_first(capsys: pytest.CaptureFixture[str]) -> None:
    with store([REQUEST, OTHER, OTHER]) as (address, _):
        assert cli.main(["logs", "--store", address]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "11-30 07:32:12 train-x1-impl main error: exit status 1",
        "11-30 07:32:13 prod server request status=200",
    ]


def test_where_a_failure_happened_follows_its_line() -> None:
    text = ask.text(OTHER | {"exception": "Traceback\n  File x"})
    assert text.splitlines()[1:] == ["    Traceback", "      File x"]


def test_more_lines_than_are_shown_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    many = [OTHER | {"_msg": f"line {number}"} for number in range(ask.SHOWN + 1)]
    with store(many) as (address, _):
        assert cli.main(["logs", "--store", address]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.startswith("the newest 200 lines")
    assert len(lines) == ask.SHOWN


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "Lines are kept in a cluster alone"),
        ("--store http://127.0.0.1:1", "The store of lines at http://127.0.0.1:1 gives no answer"),
        ("--store http://127.0.0.1:1 --level bad", "There is no level 'bad'"),
        ("--store http://127.0.0.1:1 --since 1w", "'1w' is no time"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(
    words: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["logs", *words.split()]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"error: {sentence}")
    assert said.count("\n") == 1


def test_no_line_and_a_refusal_are_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    with store([]) as (address, _):
        assert cli.main(["logs", "--store", address]) == 1
    assert "No line is kept that fits" in capsys.readouterr().err
    with store([], status=400) as (address, _):
        assert cli.main(["logs", "--store", address]) == 1
    assert "refuses" in capsys.readouterr().err


@pytest.fixture
def elsewhere(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return what is run against a cluster whose values keep lines."""
    ran: list[list[str]] = []

    def run(_: str, words: list[str]) -> int:
        ran.append(words)
        return 0

    monkeypatch.setattr(connect, "run", run)
    file = add_cluster(project, "production")
    text = file.read_text("utf-8").replace("  otlp-port:", f"  logs-endpoint: {SENT}\n  otlp-port:")
    file.write_text(text, "utf-8")
    for room in ("telemetry", "mlflow"):
        (project / "components" / room).mkdir(parents=True)
        (project / "components" / room / "kustomization.yaml").touch()
    return ran


def test_the_store_of_a_cluster_is_the_projects_own(elsewhere: list[list[str]]) -> None:
    assert cli.main(["logs", "--where", "production", "--level", "error"]) == 0
    (words,) = elsewhere
    assert words[-2:] == ["--store", "http://logs.late-parcels-telemetry:9428"]


def test_a_backend_elsewhere_is_named(
    elsewhere: list[list[str]], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = project / "clusters/production/values.yaml"
    file.write_text(file.read_text("utf-8").replace(SENT, "https://otlp.example.com/v1/logs"))
    assert cli.main(["logs", "--where", "production"]) == 1
    assert "sends lines to https://otlp.example.com/v1/logs" in capsys.readouterr().err
    assert elsewhere == []


def test_a_project_that_keeps_nothing_says_what_does(
    elsewhere: list[list[str]], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "components/telemetry/kustomization.yaml").unlink()
    (project / "components/telemetry").rmdir()
    assert cli.main(["logs", "--where", "production"]) == 1
    said = capsys.readouterr().err
    assert "components/telemetry is missing" in said
    assert "kubectl --namespace NAMESPACE logs POD" in said
    assert elsewhere == []


def test_the_number_of_a_run_in_kubeflow_becomes_its_workflow(
    elsewhere: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = "11111111-2222-3333-4444-555555555555"
    found = [{"metadata": {"name": "training-x1", "labels": {"pipeline/runid": number}}}]
    monkeypatch.setattr(commands, "get", lambda *_: found)
    assert cli.main(["logs", "--where", "production", "--run", number]) == 0
    (words,) = elsewhere
    assert words[-2:] == ["--run", "training-x1"]
