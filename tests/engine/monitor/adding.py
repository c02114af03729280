"""A month of made-up rows, added up as the monitor does with what was captured."""

from functools import reduce
from operator import add

import polars as pl

from slipway.contract.baseline import Baseline
from slipway.contract.captured import Answerer
from slipway.monitor.month import Month
from slipway.monitor.summary import summarise
from slipway.objectives import Objectives
from slipway.training_data.labels import split

ANSWERER = Answerer("ab" * 32, "cd" * 32)


def month_of(
    rows: pl.DataFrame, labels: pl.DataFrame, baseline: Baseline, targets: Objectives
) -> Month:
    """Return the days of scored rows, by their time, with the labels that have arrived."""
    days = rows.group_by(pl.col("handed_over").dt.date(), maintain_order=True)
    summaries = [
        summarise(ANSWERER, day, split(labels), "parcel_id", baseline, targets) for _, day in days
    ]
    tallies = [summary.tally for summary in summaries if summary.tally]
    return Month(reduce(add, summaries), tallies, {}, 0)
