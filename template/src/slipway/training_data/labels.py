"""Outcomes of rows: the same checks and the same join for training, gate, monitor and demo."""

import dataframely as dy
import polars as pl

from .. import project
from ..errors import ProjectError
from ..objectives import objectives
from ..schema import LABEL, input_specs, key_name

MEND = "mend read_labels in source.py"


def check(frame: pl.DataFrame) -> pl.DataFrame:
    """Return one label a key; each keeps its schema and fits the task.

    Of rows with the same key the last one counts: a correction replaces what it corrects.

    Raises:
        ProjectError: A label is none of the task's, or a column is missing or of another type.
    """
    _check_task(frame)
    key = key_name(input_specs())
    try:
        labels: pl.DataFrame = project.schema().Labels.validate(latest(frame))
    except (dy.exc.SchemaError, dy.exc.ValidationError) as error:
        reason = " ".join(str(error).split())
        raise ProjectError(f"The labels break their schema: {reason}: {MEND}.") from None
    for name in (key, LABEL):
        if name not in labels.columns:
            raise ProjectError(
                f"The labels lack the column {name!r}: add it to Labels, and {MEND}."
            )
    return labels.select(key, LABEL)


def latest(frame: pl.DataFrame) -> pl.DataFrame:
    """Return one label a key, the last."""
    key = key_name(input_specs())
    if key not in frame.columns or frame[key].n_unique() == len(frame):
        return frame  # as nearly always, and far sooner known
    return frame.unique(key, keep="last", maintain_order=True)


def join(rows: pl.DataFrame, labels: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return the rows, of which `key` is the key, that have an outcome; none of them twice.

    Raises:
        ProjectError: The labels do not pass `check`.
    """
    return join_checked(rows, check(labels), key)


def join_checked(rows: pl.DataFrame, labels: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return the same of labels that have passed `check`."""
    name = key_name(input_specs())  # the rows of an older model may call it otherwise
    same_type = labels.with_columns(pl.col(name).cast(rows.schema[key]))
    return rows.join(same_type, left_on=key, right_on=name, maintain_order="left")


def _check_task(frame: pl.DataFrame) -> None:
    """Name the values that are none of the task's, which the rules of a schema do not."""
    if LABEL not in frame.columns:
        return
    values = frame[LABEL].drop_nulls().unique(maintain_order=True).to_numpy()
    wrong = objectives().task.wrong_labels(values)
    if wrong:
        raise ProjectError(f"The labels do not fit the task: {wrong}; {MEND}.")
