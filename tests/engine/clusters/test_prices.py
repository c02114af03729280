"""What the values of a cluster say about prices: right, or one sentence with its line."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from slipway.clusters import values
from slipway.errors import ProjectError
from tests.engine.clusters.kit import add_cluster, change

VALUES = "clusters/production/values.yaml"
SOON = str((datetime.now(UTC) + timedelta(days=3)).date())
FAULTS = [
    ("gpu-hour: 0.57176}", "gpu-hour: -0.5}", "prices.on-demand.gpu-hour: -0.5 is not right"),
    ("gpu-hour: 0.57176}", "gpu-hour: .nan}", "gpu-hour: nan is not right; write an amount"),
    ("gpu-hour: 0.57176}", "gpu-hour: .inf}", "gpu-hour: inf is not right; write an amount"),
    ("gpu-hour: 0.57176}", 'gpu-hour: "0.5"}', "'0.5' is not right; write a number without quotes"),
    ("gpu-hour: 0.57176}", "gpu-hour: yes}", "True is not right; write a number without quotes"),
    (", gpu-hour: 0.57176}", "}", "prices.on-demand.gpu-hour: the value is missing"),
    ("gpu-hour: 0.57176}", "gpu-hour: 1, tpu-hour: 1}", "tpu-hour: nothing reads this key"),
    ("  spot: {cpu", "  reserved: {cpu", "prices.spot: the value is missing"),
    ("currency: USD", "currency: dollars", "'dollars' is not right; write three capitals"),
    ('date: "2026-11-29"', "date: 2026-11-29", "prices.date: this must be a text; put it into"),
    ('date: "2026-11-29"', 'date: "2026-02-30"', "'2026-02-30' is not right; write a day"),
    ('date: "2026-11-29"', 'date: "last week"', "'last week' is not right; write a day"),
    ('date: "2026-11-29"', f'date: "{SOON}"', f"{SOON} is in the future; write the day on which"),
    (
        "  source: Northern",
        "  source: ''\n  was: Northern",
        "prices.source: '' is not right; write a text",
    ),
]


@pytest.fixture
def file(project: Path) -> Path:
    return add_cluster(project, "production")


@pytest.mark.parametrize("name", ["kind", "production"])
def test_spot_is_cheaper_than_on_demand_in_the_prices_of_the_template(
    project: Path, name: str
) -> None:
    add_cluster(project, name)
    prices = values.load(name).prices
    assert prices
    spot, own = prices.spot, prices.on_demand
    pairs = zip(spot.model_dump().values(), own.model_dump().values(), strict=True)
    assert all(0 < low < high for low, high in pairs)
    assert (prices.rates("spot"), prices.rates("on-demand")) == (spot, own)


@pytest.mark.parametrize(("old", "new", "reason"), FAULTS, ids=[new for _, new, _ in FAULTS])
def test_a_fault_is_one_sentence_with_file_and_line(
    file: Path, old: str, new: str, reason: str
) -> None:
    change(file, old, new)
    with pytest.raises(ProjectError) as error:
        values.load("production")
    (said,) = [line for line in str(error.value).splitlines() if reason in line]
    place, _, number = said.partition(": ")[0].rpartition(":")
    assert place == VALUES
    near = file.read_text("utf-8").splitlines()[int(number) - 2 : int(number) + 2]
    assert any(new.splitlines()[-1].strip() in line for line in near) or "prices:" in near[1]


def test_a_cluster_without_prices_is_right_where_nothing_reads_them(file: Path) -> None:
    text = file.read_text("utf-8")
    begin, end = text.index("prices:"), text.index("environments:")
    file.write_text(text[:begin] + text[end:], "utf-8")
    assert values.load("production").prices is None
