"""What is predicted: how many minutes late a flight arrives."""

import dataframely as dy
import polars as pl

# Of the columns of the data; null where it is not known: a flight that never arrived has none.
OUTCOME = pl.col("arr_delay").cast(pl.Float32)


class Labels(dy.Schema):
    """The outcome of one flight, known days later."""

    flight_id = dy.String(primary_key=True, description="As in the features.")
    label = dy.Float32(
        min=-180,
        max=2880,
        description="Minutes from the arrival in the timetable; negative if it was early.",
        metadata={"unit": "min"},
    )
