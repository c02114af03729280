"""How much a model relies on an input."""

import msgspec


class Importance(msgspec.Struct, frozen=True):
    """By how much the quality worsens when an input is shuffled: mean and spread of the draws.

    In the unit of the metric; negative where the model is better without.
    """

    input: str
    loss: float
    spread: float
