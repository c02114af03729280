"""Made-up parcels: forty a day, the same ones in every process."""

from datetime import date, datetime, time, timedelta
from functools import cache

import numpy as np
import polars as pl

LABEL_DELAY = timedelta(days=3)
FIRST, LAST = date(2024, 1, 1), date(2024, 6, 29)
PARCELS_A_DAY = 40
DEPOTS = ("BER", "HAM", "MUC")
COUNTRIES = ("AT", "BE", "CH", "CZ", "DE", "DK", "FR", "NL", "PL", "SE")


def available() -> tuple[date, date]:
    """Return the first day of the data and the day after its last."""
    return FIRST, LAST + timedelta(days=1)


def read_features(start: date, end: date) -> pl.DataFrame:
    """Return the parcels handed over in [start, end), oldest first, without their outcome."""
    return _between(start, end).drop("label")


def read_labels(start: date, end: date, as_of: date) -> pl.DataFrame:
    """Return the outcomes of [start, end) that are known when the day `as_of` begins."""
    known = datetime.combine(as_of, time()) - LABEL_DELAY
    return _between(start, end).filter(pl.col("handed_over") < known).select("parcel_id", "label")


def _between(start: date, end: date) -> pl.DataFrame:
    return _parcels().filter(
        pl.col("handed_over").is_between(
            datetime.combine(start, time()), datetime.combine(end, time()), closed="left"
        )
    )


@cache
def _parcels() -> pl.DataFrame:
    random = np.random.default_rng(11)
    rows = ((LAST - FIRST).days + 1) * PARCELS_A_DAY
    minutes = np.arange(rows) // PARCELS_A_DAY * 24 * 60 + np.sort(
        random.integers(5 * 60, 23 * 60, (rows // PARCELS_A_DAY, PARCELS_A_DAY)), axis=1
    ).reshape(-1)
    weight = random.gamma(2, 3, rows).astype(np.float32).clip(0, 70)
    distance = random.uniform(5, 1500, rows).astype(np.float32)
    depot, country = random.integers(len(DEPOTS), size=rows), random.integers(10, size=rows)
    pieces, express = random.integers(1, 9, rows), random.random(rows) < 0.2
    late_in_the_day = minutes % (24 * 60) >= 17 * 60
    score = 0.0025 * distance + 1.2 * late_in_the_day + 0.5 * depot + 0.15 * country - express - 4.2
    label = random.random(rows) < 1 / (1 + np.exp(-score))
    weighed = np.where(random.random(rows) < 0.05, np.nan, weight).astype(np.float32)
    return pl.DataFrame(
        {
            "parcel_id": [f"P{number:06}" for number in range(rows)],
            "handed_over": (np.datetime64(FIRST, "m") + minutes).astype("datetime64[us]"),
            "depot": np.array(DEPOTS, dtype=object)[depot],
            "country": np.array(COUNTRIES, dtype=object)[country],
            "weight": pl.Series(weighed).fill_nan(None),
            "distance": distance,
            "pieces": pieces,
            "express": express,
            "label": label.astype(np.int8),
        },
        schema_overrides={"depot": pl.String, "country": pl.String},
    )
