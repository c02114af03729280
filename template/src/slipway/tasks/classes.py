"""Figures of each class, under names that Prometheus and objectives.yaml can say."""

import re
from collections.abc import Mapping

import numpy as np

from .figure import Metric
from .interface import Array


def class_metrics(classes: tuple[str, ...]) -> tuple[Metric, ...]:
    """Return the metrics of each class."""
    metrics = []
    for name, slug in zip(classes, slugs(classes), strict=True):
        right = f"Share of the answers {name!r} that are right."
        found = f"Share of the rows of {name!r} that are answered so."
        metrics += [
            Metric(f"precision_{slug}", f"precision, {name}", ".3f", right, "higher"),
            Metric(f"recall_{slug}", f"recall, {name}", ".3f", found, "higher"),
        ]
    return tuple(metrics)


def slugs(classes: tuple[str, ...]) -> list[str]:
    """Return each name in letters, digits and `_`; places instead where two are the same."""
    plain = [re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") for name in classes]
    if all(plain) and len(set(plain)) == len(plain):
        return plain
    return [str(place) for place, _ in enumerate(classes, start=1)]


def confusion_figures(answers: Array, classes: tuple[str, ...]) -> tuple[float, dict[str, float]]:
    """Return macro F1, and the class_metrics, of counts (k, k) by answer and outcome.

    A class that was never answered has precision 0.
    """
    right = np.diag(answers)
    answered, actual = answers.sum(axis=1), answers.sum(axis=0)
    f1 = 2 * right / np.maximum(answered + actual, 1)
    precision, recall = right / np.maximum(answered, 1), right / np.maximum(actual, 1)
    figures = {}
    for place, slug in enumerate(slugs(classes)):
        figures[f"precision_{slug}"] = float(precision[place])
        figures[f"recall_{slug}"] = float(recall[place])
    return float(f1.mean()), figures


def cost_matrix(costs: Mapping[str, Mapping[str, float]], classes: tuple[str, ...]) -> Array:
    """Return the costs (k, k): a row for each answer, a column for what is right."""
    return np.array([[costs[told].get(actual, 0.0) for actual in classes] for told in classes])
