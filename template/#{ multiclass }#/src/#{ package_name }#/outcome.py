"""What is predicted: whether a flight is cancelled, or arrives late, on time or early."""

import dataframely as dy
import polars as pl

MINUTES = 15  # around the timetable that are on time
DELAY = pl.col("arr_delay")

# Of the columns of the data; null where it is not known: a flight that was diverted has none.
OUTCOME = (
    pl.when(pl.col("dep_time").is_null())
    .then(pl.lit("cancelled"))
    .when(DELAY > MINUTES)
    .then(pl.lit("late"))
    .when(DELAY < -MINUTES)
    .then(pl.lit("early"))
    .when(DELAY.is_not_null())
    .then(pl.lit("on time"))
)


class Labels(dy.Schema):
    """The outcome of one flight, known days later."""

    flight_id = dy.String(primary_key=True, description="As in the features.")
    label = dy.String(
        description="cancelled, or more than 15 minutes late or early, or else on time."
    )
