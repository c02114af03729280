"""A post-mortem begins with what Git, gate, monitor and Prometheus remember, and is never lost."""

import json
import re
import shutil
from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from slipway import cli, post_mortem, release
from slipway.cli import incidents
from slipway.errors import ProjectError
from slipway.post_mortem import alerts
from slipway.registry import Version
from slipway.settings import settings
from tests.engine.kit import TEMPLATE

TODAY = f"{datetime.now(UTC):%Y-%m-%d}"
PAGE = f"docs/post-mortems/{TODAY}-late-labels-again.md"
ASKED = ["post-mortem", "--incident", "Late labels, again!"]
FIRED = {"alertname": "ServingAbsent", "environment": "prod", "severity": "page"}


@pytest.fixture
def begun(repository: Path) -> Path:
    """Return a project whose page of a post-mortem is the template's."""
    (repository / "docs").mkdir()
    shutil.copy(TEMPLATE / "docs/post-mortem.md", repository / "docs")
    return repository


def rows(page: Path) -> list[list[str]]:
    """Return the cells of the timeline."""
    timeline = page.read_text("utf-8").partition("## Timeline")[2].partition("\n## ")[0]
    lines = re.findall(r"^\| (\d.*) \|$", timeline, re.M)
    return [re.split(r" (?<!\\)\| ", line) for line in lines]


def watch(environment: str, reason: str) -> None:
    """Keep a report as the monitor does."""
    directory = Path(settings().monitoring, environment)
    directory.mkdir(parents=True, exist_ok=True)
    content = {"environment": environment, "month": "2024-04", "decision": {"reason": reason}}
    (directory / "monitor-2024-04.json").write_text(json.dumps(content))
    (directory / "monitor-2024-03.json").write_text("{}")  # of another version


@pytest.fixture
def prometheus() -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Return the address of what answers as Prometheus does, and what it was asked."""
    asked: dict[str, list[str]] = {}
    begin = datetime(2024, 5, 1, 3, tzinfo=UTC).timestamp()
    moments = [begin + 60 * n for n in (0, 1, 2, 30, 31)]
    series = {"metric": FIRED, "values": [[at, "1"] for at in moments]}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.update(parse_qs(urlsplit(self.path).query))
            self.send_response(200)
            self.end_headers()
            answer = {"status": "success", "data": {"resultType": "matrix", "result": [series]}}
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    server.server_close()


def test_the_timeline_has_releases_verdicts_and_watches(
    begun: Path, ship: Callable[[int], Version], passed: Callable[..., Version]
) -> None:
    ship(2)
    second = ship(3)
    passed(4, False)
    release.rollback("prod")
    watch("prod", "AUC 0.6 misses the objective | 0.7 beyond chance: train again.")
    assert cli.main(ASKED) == 0
    found = rows(begun / PAGE)
    assert [row[0] for row in found] == sorted(row[0] for row in found)
    said = [row[1] for row in found]
    assert sum(what.startswith("release(prod)") for what in said) == 2
    assert sum(what.startswith('Revert "release(prod)') for what in said) == 1
    assert f"{second.name} v3 was registered; the gate: refused on 502 rows." in said
    (watched,) = [row for row in found if row[2] == "the monitor"]
    assert watched[1].startswith("watch of prod, 2024-04: AUC 0.6 misses the objective \\| 0.7")
    assert f"{second.name} v1, " in (begun / PAGE).read_text("utf-8")


def test_what_is_older_than_the_first_day_is_left_out(
    begun: Path, ship: Callable[[int], Version]
) -> None:
    ship(2)
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}"
    assert cli.main([*ASKED, "--since", tomorrow]) == 0
    assert rows(begun / PAGE) == []


def test_a_page_that_is_there_is_not_written_again(
    begun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(ASKED) == 0
    (begun / PAGE).write_text("my words\n")
    assert cli.main(ASKED) == 1
    assert "is there already: edit it, or say INCIDENT in other words" in capsys.readouterr().err
    assert (begun / PAGE).read_text() == "my words\n"


def test_the_links_and_commands_of_the_page_are_those_of_the_incident(begun: Path) -> None:
    assert cli.main([*ASKED, "--since", "2024-04-02"]) == 0
    text = (begun / PAGE).read_text("utf-8")
    assert text.startswith("# Late labels, again!\n\n**Blameless.**")
    assert "make monitor MONTH=2024-04" in text
    assert "2013-" not in text
    targets = re.findall(r"\]\((\.\./[^)]+)\)", text)
    assert targets
    assert all((begun / PAGE).parent.joinpath(target).resolve().is_file() for target in targets)


def test_without_a_cluster_nothing_speaks_of_one(begun: Path) -> None:
    assert incidents.prometheus(Namespace()) == []
    assert cli.main(ASKED) == 0
    assert not re.search(r"Prometheus|Kube|kubectl|\bpods?\b", (begun / PAGE).read_text("utf-8"))


def test_a_project_that_is_watched_asks_its_prometheus(begun: Path) -> None:
    (begun / "components/monitoring").mkdir(parents=True)
    words = ["--prometheus", "http://prometheus.late-parcels-monitoring:9090"]
    assert incidents.prometheus(Namespace()) == words


def test_each_time_that_an_alert_fired_is_a_line(
    begun: Path, prometheus: tuple[str, dict[str, list[str]]]
) -> None:
    address, asked = prometheus
    start = datetime(2024, 5, 1, tzinfo=UTC)
    found = alerts.fired(address, start, start + timedelta(days=1))
    assert [(f"{event.at:%H:%M}", event.what) for event in found] == [
        ("03:00", "ServingAbsent (page) in prod fires, for 3 min"),
        ("03:30", "ServingAbsent (page) in prod fires, for 2 min"),
    ]
    assert asked["query"] == [alerts.QUERY]
    assert cli.main([*ASKED, "--since", "2024-05-01", "--prometheus", address]) == 0
    assert "an alert" in {row[2] for row in rows(begun / PAGE)}


def test_no_series_has_more_points_than_prometheus_gives(
    prometheus: tuple[str, dict[str, list[str]]],
) -> None:
    address, asked = prometheus
    end = datetime(2024, 5, 1, tzinfo=UTC)
    alerts.fired(address, end - timedelta(days=90), end)
    span = float(asked["end"][0]) - float(asked["start"][0])
    assert span / int(asked["step"][0]) < 11_000


def test_what_is_away_is_named_and_stops_nothing(
    begun: Path, ship: Callable[[int], Version], capsys: pytest.CaptureFixture[str]
) -> None:
    ship(2)
    assert cli.main([*ASKED, "--prometheus", "http://127.0.0.1:9"]) == 0
    text = (begun / PAGE).read_text("utf-8")
    assert "Missing above: Prometheus at http://127.0.0.1:9 gives no answer" in text
    assert "warning: the timeline lacks something" in capsys.readouterr().out
    assert any(row[1].startswith("release(prod)") for row in rows(begun / PAGE))


@pytest.mark.parametrize("incident", ["", "!?", "航班"])
def test_an_incident_without_words_is_refused(incident: str) -> None:
    with pytest.raises(ProjectError, match="Say what happened"):
        post_mortem.slug(incident)


def test_a_long_incident_makes_a_short_name() -> None:
    assert len(post_mortem.slug("labels " * 40)) <= post_mortem.LONGEST
    assert post_mortem.slug("../../Etc, again") == "etc-again"


def test_a_shape_without_a_timeline_is_one_sentence(
    begun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (begun / "docs/post-mortem.md").write_text("# Ours\n")
    assert cli.main(ASKED) == 1
    assert capsys.readouterr().err == (
        "error: docs/post-mortem.md has no timeline to fill in: restore it from Git.\n"
    )
    assert not (begun / "docs/post-mortems").exists()
