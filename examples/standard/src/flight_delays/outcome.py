"""What is predicted: whether a flight arrives late."""

import dataframely as dy
import polars as pl

LATE_MINUTES = 15

# Of the columns of the data; null where it is not known: a flight that never arrived has none.
OUTCOME = (pl.col("arr_delay") > LATE_MINUTES).cast(pl.Int8)


class Labels(dy.Schema):
    """The outcome of one flight, known days later."""

    flight_id = dy.String(primary_key=True, description="As in the features.")
    label = dy.Int8(min=0, max=1, description="1 if it arrived more than 15 minutes late.")
