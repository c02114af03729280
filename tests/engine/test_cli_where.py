"""Commands that run here against a cluster: which do, and what they are told."""

import sys
from datetime import date
from pathlib import Path

import pytest

from slipway import cli
from slipway.clusters import connect


@pytest.fixture
def elsewhere(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """Return what is run against the services of a cluster, which is not there; it ends with 3."""
    ran: list[tuple[str, list[str]]] = []
    for room in ("clusters", "components/monitoring/cost"):
        (project / room).mkdir(parents=True)

    def run(where: str, words: list[str]) -> int:
        ran.append((where, words))
        return 3

    monkeypatch.setattr(connect, "run", run)
    return ran


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("train --where kind", "train --submit"),
        ("train --where=kind --as-of 2024-05-01", "train --as-of 2024-05-01 --submit"),
        ("gate --where kind", "gate"),
        ("promote --where kind --to dev --reason why", "promote --to dev --reason why"),
        ("rollback --env prod --where kind", "rollback --env prod"),
        (
            "replay --where kind --month 2024-04",
            "replay --month 2024-04 --url http://serving.late-parcels-dev:80",
        ),
        (
            "replay --month 2024-04 --env prod --where=kind",
            "replay --month 2024-04 --env prod --url http://serving.late-parcels-prod:80",
        ),
        ("monitor --where kind --month 2024-04", "monitor --month 2024-04"),
        ("score --where kind --day 2024-05-01", "score --day 2024-05-01 --submit"),
        ("score --file rows.csv --where=kind", "score --file rows.csv"),
        ("lineage --where kind --env dev", "lineage --env dev --cluster kind"),
        ("mlflow --where kind", "mlflow"),
        ("compare --where kind --a v3 --b v4", "compare --a v3 --b v4"),
        (
            "cost --days 3 --where kind",
            "cost --days 3 --cluster kind --prometheus "
            "http://prometheus.late-parcels-monitoring:9090",
        ),
    ],
)
def test_where_is_taken_away_and_the_words_for_a_cluster_are_added(
    elsewhere: list[tuple[str, list[str]]], words: str, expected: str
) -> None:
    code = cli.main(words.split())
    assert elsewhere == [("kind", [sys.executable, "-m", "slipway", *expected.split()])]
    assert code == 3


@pytest.mark.parametrize(
    ("words", "proposed"),
    [
        ("--to prod --propose-last", True),
        ("--to staging --propose-last", False),
        ("--to staging --propose", True),
        ("--to prod", False),
    ],
)
def test_a_release_to_the_last_environment_can_be_proposed_alone(
    words: str, proposed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    promoted: list[tuple[object, ...]] = []
    monkeypatch.setattr("slipway.release.promote", lambda *given: promoted.append(given))
    assert cli.main(["promote", *words.split()]) == 0
    assert promoted == [(words.split()[1], "", proposed)]


def test_a_project_that_counts_nothing_has_no_cost(
    elsewhere: list[tuple[str, list[str]]], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "components/monitoring/cost").rmdir()
    assert cli.main(["cost", "--where", "kind"]) == 1
    assert capsys.readouterr().err == (
        "error: components/monitoring/cost is missing, nothing counts what pods reserve: "
        "`copier update --data monitoring=true` brings it.\n"
    )
    assert elsewhere == []


def test_where_local_runs_here(
    elsewhere: list[tuple[str, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    days: list[date] = []
    monkeypatch.setattr("slipway.training.local.run", days.append)
    assert cli.main(["train", "--where", "local", "--as-of", "2024-05-01"]) == 0
    assert days == [date(2024, 5, 1)]
    assert elsewhere == []


def test_a_command_that_needs_no_cluster_takes_no_where(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["compile", "--where", "kind"])
    assert ended.value.code == 2
    assert "unrecognized arguments: --where kind" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [["up", "x"], ["status"], ["readiness"], ["bootstrap", "x"], ["gate", "--where", "kind"]],
)
def test_a_project_without_a_cluster_says_so(
    words: list[str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not (project / "clusters").exists()
    assert cli.main(words) == 1
    assert capsys.readouterr().err == (
        "error: This project has no cluster: `copier update --data serving=true` gives it one.\n"
    )
