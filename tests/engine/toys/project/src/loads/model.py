"""The model of the loads: trees for three classes."""

from slipway.families.boosting import Boosting

MODEL = Boosting(num_iterations=20, learning_rate=0.1, num_leaves=7, min_child_samples=20)
