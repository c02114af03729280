"""The model: a family and its parameters."""

from slipway.families.boosting import Boosting

MODEL = Boosting(
    num_iterations=100,
    learning_rate=0.05,
    num_leaves=31,
    min_child_samples=100,
)
