"""`slipway cost` against a real Prometheus whose pods are known: each number is the right one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from slipway import cli, registry
from slipway.errors import ProjectError
from slipway.prometheus import ask
from tests.engine.clusters.kit import change

from .conftest import Cost

ROWS = {  # what, model, environment, capacity: hours of a core, a GiB and a GPU, and the price
    ("serving", "-", "-", "on-demand"): ("60.0000", "0.0000", "0.0000", "2.4288"),
    ("serving", "v3", "prod", "on-demand"): ("33.6000", "84.0000", "0.0000", "1.7335"),
    ("serving", "v2", "staging", "on-demand"): ("12.0000", "0.0000", "0.0000", "0.4858"),
    ("training", "v4", "-", "spot"): ("1.0000", "4.0000", "2.0000", "0.6009"),
    ("training", "-", "-", "on-demand"): ("0.1250", "0.5000", "0.0000", "0.0073"),
    ("training", "v4", "-", "on-demand"): ("0.1250", "0.5000", "0.0000", "0.0073"),
    ("tuning", "-", "-", "spot"): ("0.1250", "0.5000", "0.0000", "0.0036"),
    ("workflow", "-", "-", "on-demand"): ("0.1250", "0.5000", "0.0000", "0.0073"),
    ("platform", "-", "-", "on-demand"): ("0.1000", "0.5000", "0.0000", "0.0063"),
}


def table(lines: list[list[str]]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return the figures of the table by the four words before them."""
    return {tuple(line[:4]): tuple(line[4:]) for line in lines if tuple(line[:4]) in ROWS}


def sentence(lines: list[list[str]], begin: str) -> str:
    (found,) = (" ".join(line) for line in lines if line[:1] == [begin])
    return found


def refusal(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert cli.main(["cost", *words]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_every_pod_is_counted_once_at_its_price(cost: Cost) -> None:
    lines = cost()
    found = table(lines)
    assert found.keys() == ROWS.keys()
    for words, row in ROWS.items():  # a sample may miss the end of a period by a moment
        assert list(map(float, found[words])) == pytest.approx(list(map(float, row)), abs=2e-4)
    assert sentence(lines, "total") == "total 5.2807"
    begin = next(place for place, line in enumerate(lines) if line[:2] == ["what", "model"])
    assert lines[begin + 1 :].index([]) == len(ROWS) + 1


def test_another_price_is_another_cost(cost: Cost, prices: Path) -> None:
    change(prices, "on-demand: {cpu-hour: 0.04048", "on-demand: {cpu-hour: 0.05")
    assert table(cost())["serving", "v2", "staging", "on-demand"][-1] == "0.6000"


def test_each_version_is_told_what_its_training_cost_and_what_led_to_none(cost: Cost) -> None:
    lines = cost()
    begin = lines.index(["trained", "runs", "USD"])
    assert lines[begin + 1 : begin + 3] == [["v4", "1", "0.6082"], ["no", "version", "1", "0.0073"]]


def test_spot_saves_the_difference_to_the_same_on_demand(cost: Cost) -> None:
    said = sentence(cost(), "Spot")
    assert said == "Spot saved 0.6045 of the 1.2091 that the same costs on demand (50%)."


def test_a_gpu_that_does_nothing_is_told_with_its_share_of_the_price(cost: Cost) -> None:
    said = sentence(cost(), "GPUs")
    assert said == "GPUs did nothing 60% of the time, which is 0.3431 of the 0.5718 that they cost."


def test_a_day_has_only_what_was_reserved_in_it(cost: Cost) -> None:
    lines = cost("--days", "1")
    assert table(lines)["serving", "v3", "prod", "on-demand"][:2] == ("4.8000", "12.0000")
    assert ("serving", "v2", "staging", "on-demand") not in table(lines)
    assert not [line for line in lines if line[:1] == ["GPUs"]]  # nothing was measured


def test_a_time_before_the_first_figure_is_told(cost: Cost) -> None:
    assert not [line for line in cost() if line[:2] == ["Of", "pods"]]
    said = sentence(cost("--days", "20"), "Of")
    assert said.endswith("UTC nothing is known: Prometheus keeps 30d, and counts since then.")


def test_a_registry_that_does_not_answer_leaves_trainings_without_a_version(
    cost: Cost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> dict[str, int]:
        raise ProjectError("MLflow is away.")

    monkeypatch.setattr(registry, "made_by_pipelines", fail)
    lines = cost()
    assert sentence(lines, "Trainings") == "Trainings have no version here: MLflow is away."
    assert ["no", "version", "2", "0.6155"] in lines
    assert sentence(lines, "total") == "total 5.2807"


def test_a_time_without_a_pod_is_one_sentence(
    address: str, prices: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["--cluster", "kind", "--prometheus", address, "--month", "2024-02"]
    said = refusal(capsys, *told)
    assert said.startswith(
        "error: Prometheus in kind knows no pod of late-parcels from 2024-02-01 "
    )
    assert "to 2024-03-01 00:00 UTC: it keeps 30d, and counts since" in said


def test_a_prometheus_that_is_not_there_is_one_sentence(
    prices: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refusal(capsys, "--cluster", "kind", "--prometheus", "http://127.0.0.1:9")
    assert said.startswith("error: Prometheus at http://127.0.0.1:9 gives no answer (")
    assert said.endswith("): see that its pod runs.")


def test_a_query_that_is_refused_is_one_sentence(address: str) -> None:
    with pytest.raises(ProjectError, match="refuses a query: invalid parameter"):
        ask(address, "sum(", datetime.now(UTC))


def test_a_cluster_without_prices_is_told_where_to_write_them(
    prices: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = prices.read_text("utf-8")
    begin, end = text.index("prices:"), text.index("environments:")
    prices.write_text(text[:begin] + text[end:], "utf-8")
    said = refusal(capsys, "--cluster", "kind", "--prometheus", "http://127.0.0.1:9")
    assert said.startswith("error: clusters/kind/values.yaml has no prices: add them")


def test_this_machine_alone_has_no_cost(capsys: pytest.CaptureFixture[str]) -> None:
    assert refusal(capsys).endswith("name one by WHERE, such as `make cost WHERE=kind`.")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("--days 0", "'0' is no count"),
        ("--days many", "'many' is no count"),
        ("--month 2999-01", "2999-01 has not begun: name a month up to"),
        ("--month January", '"January" is no month'),
        ("--month 2024-02 --days 3", "Name a month or a number of days, not both."),
    ],
)
def test_a_time_that_is_none_is_one_sentence(
    words: str, reason: str, prices: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--cluster", "kind", "--prometheus", "http://127.0.0.1:9"]
    assert reason in refusal(capsys, *place, *words.split())
