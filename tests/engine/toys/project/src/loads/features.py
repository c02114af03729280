"""Features of the loads: those of `letters`, and how often a town has many."""

from letters.features import FEATURES, Encoder, transform

from slipway.features import Array, Columns, fit_category_means

__all__ = ["FEATURES", "Encoder", "fit", "transform"]


def fit(columns: Columns, labels: Array) -> Encoder:
    """Learn how often a round of each town brings many letters."""
    return fit_category_means(columns, labels == "many", ("town",))
