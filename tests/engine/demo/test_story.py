import io
from datetime import date

import pytest
from rich.console import Console

from parcels import source
from slipway.demo.play import month_starts
from slipway.demo.story import Month, example, sentence, summary
from slipway.errors import ProjectError
from slipway.objectives import Objectives, load, objectives
from tests.engine.kit import TOYS


def month(name: str, decision: str, value: float = 0) -> Month:
    return Month(name, 10, 1, 0.6, 0.7, 20, 20 + value, {"depot": 0.1}, [], decision, "why")


def test_the_story_counts_what_paid_and_what_was_refused() -> None:
    months = [
        month("2024-04", "promoted v2", 100),
        month("2024-05", "kept", 50),
        month("2024-11", "refused"),
        month("2024-12", "refused"),
    ]

    told = sentence(months, objectives())

    assert "asked 3 times to retrain" in told
    assert "released: 2024-04." in told
    assert "refused: 2024-11 and 2024-12." in told
    assert "+150 EUR" in told


def test_a_gain_does_not_hide_the_months_that_were_worse() -> None:
    values = {"2024-04": 900, "2024-05": -100, "2024-06": -200, "2024-07": 0, "2024-08": -1}
    told = sentence([month(name, "promoted v2", it) for name, it in values.items()], objectives())
    assert told.endswith(
        "worth +599 EUR: the serving model was better in 1 of the months and worse in 3."
    )


@pytest.mark.parametrize(
    ("decisions", "told"),
    [
        (["kept", "kept"], "In 2 months the monitor never asked to retrain."),
        (
            ["kept", "refused"],
            "In 2 months the monitor asked once to retrain. Better than the champion and released: "
            "none. Not better and refused: 2024-02.",
        ),
    ],
)
def test_a_model_that_was_never_replaced_is_not_compared_with_itself(
    decisions: list[str], told: str
) -> None:
    months = [month(f"2024-0{number}", word) for number, word in enumerate(decisions, start=1)]
    assert sentence(months, objectives()) == f"{told} The first model served throughout."


def test_a_loss_says_by_what_the_models_were_chosen() -> None:
    told = sentence([month("2024-04", "promoted v2", -200)], objectives())
    assert "-200 EUR" in told
    assert told.endswith(
        "The gate compares the AUC on the newest 14 days that have outcomes; what pays on them "
        "need not pay in the months after."
    )


def test_example_data_is_called_so_until_the_source_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert example() == ""
    monkeypatch.setattr(source, "EXAMPLE", "toys of 1999", raising=False)
    assert example().startswith("Example data (toys of 1999): nothing here is about your own.")


@pytest.mark.parametrize("window_days", [62, 90, 91])
def test_the_months_start_after_the_first_training_window(window_days: int) -> None:
    starts = month_starts(date(2024, 1, 1), date(2024, 7, 1), window_days)

    assert starts == [date(2024, 4, 1), date(2024, 5, 1), date(2024, 6, 1), date(2024, 7, 1)]


def test_a_source_too_short_for_a_month_is_refused() -> None:
    with pytest.raises(ProjectError, match="needs 90 days and a month"):
        month_starts(date(2024, 1, 1), date(2024, 4, 5), 90)


def shown(row: Month, targets: Objectives) -> list[str]:
    """Return the lines of the table in a terminal of 80 columns."""
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(summary([row], targets))
    return console.export_text().strip().splitlines()


def test_no_number_of_the_table_is_cut_in_80_columns() -> None:
    long = "promoted v12 0.650 after 0.630"
    row = Month("2024-04", 28_330, 12, 0.651, 0.652, 115_400, 138_100, {}, [], long, "why")
    last = shown(row, objectives())[-1].split()
    assert last == ["2024-04", "28,330", "0.651", "0.652", "0", *long.split(), "115.4", "138.1"]


def test_a_figure_with_a_long_title_and_costs_in_millions_are_not_cut_either() -> None:
    targets = load(TOYS.parent / "regression" / "objectives.yaml")
    long = "promoted v12 32.52 after 32.96"
    row = Month("2024-04", 28_330, 12, 32.5, 32.96, -2_130_156, -999_000, {}, [], long, "why")
    first, *_, last = shown(row, targets)
    assert first.strip() == f"quality is the {targets.quality_metric.title}, lower is better"
    assert last.split()[-2:] == ["-2,130", "-999.0"]
    assert " ".join(last.split()[5:-2]) == long
