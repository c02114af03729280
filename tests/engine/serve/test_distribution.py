"""Predictions as Prometheus reads them: every value is in the bucket that its edge says."""

import numpy as np

from slipway.serve.distribution import Distribution


def cumulative(distribution: Distribution) -> dict[str, float]:
    """Return the rows up to each edge."""
    (metric,) = distribution.collect()
    return {
        sample.labels["le"]: sample.value
        for sample in metric.samples
        if sample.name == "predicted_value_bucket"
    }


def test_a_value_is_counted_up_to_every_edge_that_it_does_not_exceed() -> None:
    distribution = Distribution("predicted value", [1.0, 2.5])
    distribution.add(np.array([0.5, 1.0, 1.5, 9.0], np.float32))
    distribution.add(np.array([2.5], np.float32))
    assert cumulative(distribution) == {"1.0": 2, "2.5": 4, "+Inf": 5}


def test_the_sum_gives_the_mean() -> None:
    distribution = Distribution("predicted value", [1.0])
    distribution.add(np.array([0.5, 2.5], np.float32))
    (metric,) = distribution.collect()
    samples = {sample.name: sample.value for sample in metric.samples}
    assert samples["predicted_value_sum"] / samples["predicted_value_count"] == 1.5


def test_predictions_that_were_all_equal_have_one_bucket() -> None:
    distribution = Distribution("predicted value", [])
    distribution.add(np.array([1.0], np.float32))
    assert cumulative(distribution) == {"+Inf": 1}
