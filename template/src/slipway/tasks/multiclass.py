"""Which of several: a probability for each class, and the class whose choice costs least.

Probabilities are calibrated by one temperature, learned on the newest days of the training with a
model of the older ones: Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural
Networks" (2017).
"""

from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field, FiniteFloat, StringConstraints, field_validator

from ..section import Section
from . import ranking, temperature
from .classes import class_metrics, confusion_figures, cost_matrix
from .figure import Metric, named
from .interface import OUTCOMES, VALUE, Array, Output
from .interface import Kpi as AnyKpi

CLASSES_MAXIMUM = 50  # of each there is a histogram
ClassName = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class Kpi(AnyKpi):
    """`costs` says by the class that was answered what each actual class costs.

    The right answer costs nothing where it is left out.
    """

    costs: dict[str, dict[str, FiniteFloat]]


class Multiclass(Section):
    """Labels are names of `classes`, raw outputs (n, k) a probability for each, in their order.

    Predictions (n, k + 1) are the calibrated probabilities and the place of the class answered.
    """

    classes: Annotated[tuple[ClassName, ...], Field(min_length=2, max_length=CLASSES_MAXIMUM)]

    name: ClassVar = "multiclass"
    loss: ClassVar = "multiclass_log_loss"
    calibrated: ClassVar = True
    kpi: ClassVar = Kpi

    @field_validator("classes")
    @classmethod
    def _distinct(cls, classes: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(classes)) < len(classes):
            raise ValueError("a class is named twice")
        return classes

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The last ones are those of each class."""
        gap = "Expected calibration error, mean of the classes."
        area = "Area under the ROC curve of a class against the rest, mean of the classes."
        return (
            Metric("log_loss", "log loss", ".3f", "Mean negative log of what came true.", "lower"),
            Metric("macro_f1", "macro F1", ".3f", "Mean F1 score of the classes.", "higher"),
            Metric("auc", "mean AUC", ".3f", area, "higher"),
            Metric("calibration_error", "calibration error", ".3f", gap, "lower"),
            Metric(VALUE, "value per 1000 rows", ",.0f", "What answers cost, negative.", "higher"),
            *class_metrics(self.classes),
        )

    @property
    def outputs(self) -> tuple[Output, ...]:
        """The probability beside the class is that of the class answered."""
        order = f"Probability of each class: {', '.join(self.classes)}."
        return (
            Output("class", "BYTES", "Class whose choice costs least.", allowed=self.classes),
            Output("probability", "FP32", "Probability of that class."),
            Output("probabilities", "FP32", order, columns=self.classes),
        )

    def wrong_kpi(self, kpi: Kpi) -> str:
        """Each class has to have its costs, and no other name may."""
        names = {"costs": list(kpi.costs)}
        names |= {f"costs.{told}": list(costs) for told, costs in kpi.costs.items()}
        for where, given in names.items():
            if unknown := [name for name in given if name not in self.classes]:
                return f"{where} names {named(unknown)}, which is none of the classes"
        for told in self.classes:
            for actual in self.classes:
                if told != actual and actual not in kpi.costs.get(told, {}):
                    return f"costs lacks what {told!r} costs where {actual!r} is right"
        return ""

    def fits(self, labels: Array) -> Array:
        """They are names of classes."""
        return np.array([value in self.classes for value in labels.tolist()], dtype=bool)

    def wrong_labels(self, labels: Array) -> str:
        """Name what is none of the classes."""
        values = np.unique(labels[~self.fits(labels)]).tolist()
        known = named(self.classes)
        return f"an outcome is one of {known}, not {named(values)}" if values else ""

    def numbers(self, labels: Array) -> Array:
        """Return the places of the classes."""
        places = {name: place for place, name in enumerate(self.classes)}
        return np.array([places[label] for label in labels.tolist()], dtype=np.int64)

    def outcomes(self, labels: Array) -> Array:
        """Count the rows of each class (k,)."""
        return np.bincount(self.numbers(labels), minlength=len(self.classes))

    def unjudged(self, outcomes: Array, minimum: int = 1) -> str:
        """Name the rare classes: what has no rows can be neither learned nor judged."""
        counts = zip(self.classes, outcomes.tolist(), strict=True)
        rare = [f"{rows:,} of {name!r}" for name, rows in counts if rows < minimum]
        if not rare:
            return ""
        known = f"the {int(outcomes.sum()):,} labelled rows hold {', '.join(rare)}"
        return (
            f"{known}, and at least {minimum:,} of each class must be there: take a longer period, "
            "or join rare classes in source.py"
        )

    def calibrate(self, labels: Array, raw: Array, kpi: Kpi) -> dict[str, Any]:
        """Return the `temperature`, and the `costs` (k, k) of each answer by what is right."""
        costs = cost_matrix(kpi.costs, self.classes).tolist()
        return {"temperature": temperature.learn(raw, self.numbers(labels)), "costs": costs}

    def predictions(self, raw: Array, decision: dict[str, Any]) -> Array:
        """Calibrate, and choose the class of least expected cost; the likelier one if two tie."""
        calibrated = temperature.apply(raw, decision["temperature"])
        expected = np.einsum("na,ca->nc", calibrated, np.array(decision["costs"]))
        least = expected <= expected.min(axis=1, keepdims=True)
        chosen = np.where(least, calibrated, -1).argmax(axis=1)
        return np.column_stack([calibrated, chosen]).astype(np.float32)

    def columns(self, predictions: Array) -> dict[str, Array]:
        """Return the class answered, and how sure the model is of the likeliest."""
        names = np.array(self.classes, dtype=object)[_chosen(predictions)]
        return {"predicted class": names, "predicted probability": predictions[:, :-1].max(axis=1)}

    def answer(self, predictions: Array, decision: dict[str, Any]) -> dict[str, list[Any]]:
        """Return the class, its probability, and those of all."""
        chosen, probabilities = _chosen(predictions), predictions[:, :-1]
        return {
            "class": [self.classes[place] for place in chosen.tolist()],
            "probability": probabilities[np.arange(len(chosen)), chosen].tolist(),
            "probabilities": probabilities.tolist(),
        }

    def explained(self, predictions: Array) -> dict[str, Array]:
        """Return the probability of each class, by the name of the class."""
        return dict(zip(self.classes, predictions[:, :-1].T, strict=True))

    def tally(self, labels: Array, predictions: Array) -> dict[str, Array]:
        """Count rows by answer and outcome (k, k), and each class against the rest.

        `log_loss` (1,) is the sum over all rows; float32 tells no probability from 0 or 1 that is
        closer to it than its precision.
        """
        numbers, size = self.numbers(labels), len(self.classes)
        probabilities = predictions[:, :-1].astype(np.float64)
        true = probabilities[np.arange(len(numbers)), numbers]
        logs = np.log(np.maximum(true, np.finfo(np.float32).eps))
        pairs = np.bincount(_chosen(predictions) * size + numbers, minlength=size * size)
        ranked = [ranking.tally(numbers == k, probabilities[:, k]) for k in range(size)]
        return {
            OUTCOMES: self.outcomes(labels),
            "answers": pairs.reshape(size, size),
            "log_loss": np.array([-logs.sum()]),
            "rows": np.stack([part["rows"] for part in ranked]),
            "predicted": np.stack([part["predicted"] for part in ranked]),
        }

    def figures(self, tally: dict[str, Array], kpi: Kpi) -> dict[str, float]:
        """Measure probabilities, ranking and answers, and what the answers cost."""
        answers, total = tally["answers"], int(tally[OUTCOMES].sum())
        ranked = list(zip(tally["rows"], tally["predicted"], strict=True))
        macro_f1, by_class = confusion_figures(answers, self.classes)
        gaps = [ranking.calibration_error(*part) for part in ranked]
        cost = float((answers * cost_matrix(kpi.costs, self.classes)).sum())
        return {
            "log_loss": float(tally["log_loss"][0]) / total,
            "macro_f1": macro_f1,
            "auc": float(np.mean([ranking.area(*rows) for rows, _ in ranked])),
            "calibration_error": float(np.mean(gaps)),
            VALUE: -1000 * cost / total,
            **by_class,
        }

    def disagreement(self, predictions: Array, others: Array) -> float:
        """Return the mean total variation distance of the probabilities, 1 at most."""
        apart = np.abs(predictions[:, :-1].astype(np.float64) - others[:, :-1])
        return float(apart.sum(axis=1).mean() / 2)


def _chosen(predictions: Array) -> Array:
    return predictions[:, -1].astype(np.int64)


TASK = Multiclass
