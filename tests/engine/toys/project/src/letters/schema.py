"""The contract of the made-up rounds; the outcome is a number."""

import dataframely as dy


class Features(dy.Schema):
    """One round as it is known when it begins."""

    round_id = dy.String(
        primary_key=True, description="Number of the round.", metadata={"role": "key"}
    )
    begins = dy.Datetime(
        resolution="1m", description="When the postman leaves.", metadata={"role": "time"}
    )
    town = dy.String(description="Where the round is.")
    houses = dy.Int64(min=1, max=500, description="How many houses it has.")
    rain = dy.Float32(
        nullable=True, min=0, description="Rain of the hour.", metadata={"unit": "mm"}
    )


class Labels(dy.Schema):
    """The outcome of one round, known the day after."""

    round_id = dy.String(primary_key=True, description="As in the features.")
    label = dy.Float32(min=0, description="Letters that were carried.")
