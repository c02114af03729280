"""Made-up rounds of postmen: twenty a day; in April the letters become twice as many."""

from datetime import date, datetime, time, timedelta
from functools import cache

import numpy as np
import polars as pl

LABEL_DELAY = timedelta(days=1)
FIRST, LAST = date(2024, 1, 1), date(2024, 4, 30)
MORE_LETTERS = date(2024, 4, 1)
ROUNDS_A_DAY = 20
TOWNS = ("Elmstein", "Ulmbach")


def available() -> tuple[date, date]:
    """Return the first day of the data and the day after its last."""
    return FIRST, LAST + timedelta(days=1)


def read_features(start: date, end: date) -> pl.DataFrame:
    """Return the rounds that begin in [start, end), oldest first, without their outcome."""
    return _between(start, end).drop("label")


def read_labels(start: date, end: date, as_of: date) -> pl.DataFrame:
    """Return the counts of [start, end) that are known when the day `as_of` begins."""
    known = datetime.combine(as_of, time()) - LABEL_DELAY
    return _between(start, end).filter(pl.col("begins") < known).select("round_id", "label")


def _between(start: date, end: date) -> pl.DataFrame:
    first, last = (datetime.combine(day, time()) for day in (start, end))
    return _rounds().filter(pl.col("begins").is_between(first, last, closed="left"))


@cache
def _rounds() -> pl.DataFrame:
    random = np.random.default_rng(5)
    rows = ((LAST - FIRST).days + 1) * ROUNDS_A_DAY
    days = np.arange(rows) // ROUNDS_A_DAY
    minutes = days * 24 * 60 + 6 * 60 + np.arange(rows) % ROUNDS_A_DAY * 30
    town = random.integers(len(TOWNS), size=rows)
    houses = random.integers(20, 90, rows)
    rain = random.gamma(1, 2, rows).astype(np.float32)
    rate = 5 + 0.3 * houses + 8 * town - 0.5 * rain + minutes // 60 % 24
    rate = np.where(days >= (MORE_LETTERS - FIRST).days, 2 * rate, rate)
    rain[random.random(rows) < 0.05] = np.nan
    return pl.DataFrame(
        {
            "round_id": [f"R{number:05}" for number in range(rows)],
            "begins": (np.datetime64(FIRST, "m") + minutes).astype("datetime64[us]"),
            "town": np.array(TOWNS, dtype=object)[town],
            "houses": houses,
            "rain": pl.Series(rain).fill_nan(None),
            "label": random.poisson(rate).astype(np.float32),
        },
        schema_overrides={"town": pl.String},
    )
