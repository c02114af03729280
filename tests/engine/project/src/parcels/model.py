"""The model of the made-up parcels: few trees, so that a test does not wait."""

from slipway.families.boosting import Boosting

MODEL = Boosting(num_iterations=20, learning_rate=0.15, min_child_samples=40)
