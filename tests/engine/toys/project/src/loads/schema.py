"""The contract of the loads; the outcome is a text."""

import dataframely as dy
from letters.schema import Features

__all__ = ["Features", "Labels"]


class Labels(dy.Schema):
    """The outcome of one round, known the day after."""

    round_id = dy.String(primary_key=True, description="As in the features.")
    label = dy.String(description="How much was carried.")
