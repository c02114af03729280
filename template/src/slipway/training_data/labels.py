"""Outcomes of rows: the same checks and the same join for training, gate, monitor and demo."""

from typing import NamedTuple

import dataframely as dy
import polars as pl

from .. import project
from ..errors import ProjectError
from ..objectives import objectives
from ..schema import LABEL, UNREAD, input_specs, key_name, personal_columns
from .columns import distinct
from .quarantine import BAD_SHARE_MAXIMUM, REASONS, with_reasons

MEND = "mend read_labels in source.py"
NO_LABEL, NONE_OF_THE_TASK = f"{LABEL}|dtype", f"{LABEL}|task"  # reasons, beside those of Labels
SAID_MAXIMUM = 40  # letters of an outcome that are told


class Outcomes(NamedTuple):
    """One label a key that keeps its schema and fits the task, and what cannot be used.

    `bad` has the key, what the outcome says as text in the column `label`, and `reasons`.
    """

    good: pl.DataFrame
    bad: pl.DataFrame


def check(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the good ones of `divide`."""
    return divide(frame).good


def divide(frame: pl.DataFrame) -> Outcomes:
    """Separate labels that can be used from a few that cannot.

    Of rows with the same key the last one counts: a correction replaces what it corrects.

    Raises:
        ProjectError: More than BAD_SHARE_MAXIMUM cannot be used, or a column is missing or of
            another type.
    """
    outcomes = split(latest(frame))
    bad = len(outcomes.bad)
    if bad > BAD_SHARE_MAXIMUM * (bad + len(outcomes.good)):
        wrong = _wrong(frame)
        reasons = counted(outcomes.bad[REASONS])
        raise ProjectError(
            wrong
            or f"The labels break their schema: {bad:,} of {bad + len(outcomes.good):,} cannot be "
            f"used ({reasons}), such as {counted(said(outcomes.bad), 1)}: {MEND}, or the table."
        )
    return outcomes


def split(frame: pl.DataFrame) -> Outcomes:
    """Return the same of labels that `latest` has returned, however many cannot be used.

    Raises:
        ProjectError: A column is missing or of another type.
    """
    key = key_name(input_specs())
    unread = pl.col(UNREAD).is_not_null() if UNREAD in frame.columns else pl.lit(value=False)
    unreadable, readable = frame.filter(unread), frame.filter(~unread).drop(UNREAD, strict=False)
    fits = _fits(readable)
    strange, fitting = readable.filter(~fits), readable.filter(fits)
    try:
        good, failure = project.schema().Labels.filter(fitting)
    except (dy.exc.SchemaError, dy.exc.ValidationError) as error:
        reason = " ".join(str(error).split())
        schema = f"The labels break their schema: {reason}: {MEND}."
        raise ProjectError(_wrong(frame) or schema) from None
    for name in (key, LABEL):
        if name not in good.columns:
            raise ProjectError(
                f"The labels lack the column {name!r}: add it to Labels, and {MEND}."
            )
    bad = (
        _bad(unreadable, key, UNREAD, NO_LABEL),
        _bad(strange, key, LABEL, NONE_OF_THE_TASK),
        _bad(with_reasons(failure, fitting.columns), key, LABEL),
    )
    return Outcomes(good.select(key, LABEL), pl.concat(part for part in bad if part is not None))


def latest(frame: pl.DataFrame) -> pl.DataFrame:
    """Return one label a key, the last."""
    key = key_name(input_specs())
    if key not in frame.columns or distinct(frame[key]):
        return frame
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


def said(bad: pl.DataFrame) -> pl.Series:
    """Return what outcomes that cannot be used say; the reason where that is personal or null."""
    if LABEL in personal_columns():
        return bad[REASONS]
    quoted = pl.format("'{}'", pl.col(LABEL).str.head(SAID_MAXIMUM))
    return bad.select(pl.coalesce(quoted, REASONS)).to_series()


def counted(values: pl.Series, shown: int = 5) -> str:
    """Return the most frequent of some texts, each with how often it is there."""
    counts = values.value_counts(name="rows").sort("rows", values.name, descending=[True, False])
    words = [f"{text} {rows:,}" for text, rows in counts.head(shown).iter_rows()]
    return ", ".join(words) + (", ..." if len(counts) > shown else "")


def _fits(frame: pl.DataFrame) -> pl.Series:
    """Tell which labels are of the task, or null: a rule of the schema tells about those."""
    if LABEL not in frame.columns:
        return pl.repeat(value=True, n=len(frame), eager=True)
    values = frame[LABEL].drop_nulls().unique(maintain_order=True)
    strange = values.filter(~pl.Series(objectives().task.fits(values.to_numpy()), dtype=pl.Boolean))
    return ~frame[LABEL].is_in(strange.implode()).fill_null(value=False)


def _wrong(frame: pl.DataFrame) -> str:
    """Name the values that are none of the task's, which the rules of a schema do not."""
    if LABEL not in frame.columns:
        return ""
    values = frame[LABEL].drop_nulls().unique(maintain_order=True).to_numpy()
    wrong = objectives().task.wrong_labels(values)
    return f"The labels do not fit the task: {wrong}; {MEND}." if wrong else ""


def _bad(rows: pl.DataFrame, key: str, name: str, reason: str = "") -> pl.DataFrame | None:
    if name not in rows.columns:
        return None
    reasons = pl.lit(reason) if reason else pl.col(REASONS)
    return rows.select(key, pl.col(name).cast(pl.String).alias(LABEL), reasons.alias(REASONS))
