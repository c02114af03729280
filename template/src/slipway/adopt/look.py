"""Look at a table as a whole: whether it can be used, and what is in it."""

import csv
import os
import re
from functools import partial
from pathlib import Path

import polars as pl

from ..errors import ProjectError
from ..settings import settings
from ..sources.files import FileFormat, locate, scan, told
from ..sources.heads import head
from . import codes, keys, leaks, names, outcomes, periods, times
from . import columns as inspect
from .table import Adopted, Request

COLUMNS_MAXIMUM = 500
SEPARATORS = ",;\t|"


def look(request: Request) -> Adopted:
    """Read the whole table and decide about each of its columns.

    Raises:
        ProjectError: It cannot be read or used; the sentence says why.
    """
    time, outcome, key, path = request.time, request.outcome, request.key, relative(request.file)
    file_format = _format(path)
    frame = _usable(path, file_format, request)
    predicted, moment = outcomes.decide(frame[outcome], request), times.decide(frame[time])
    others = [name for name in frame.columns if name not in {time, outcome, key}]
    translated = names.translate([*([] if key is None else [key]), time, *others])
    known, labels = _labelled(predicted.labels(frame[outcome]), moment)
    decide = partial(inspect.decide, decimal_comma=file_format.decimal_comma)
    columns = [decide(frame[name], translated[name]) for name in others]
    period = periods.decide(predicted, moment.times.filter(known), labels, request.label_delay)
    return Adopted(
        path=path,
        rows=len(frame),
        file_format=file_format,
        time=times.described(moment, translated[time], time),
        outcome=predicted,
        labels=labels,
        key=key,
        key_name=keys.name(key, translated),
        label_delay=request.label_delay,
        days=period.days,
        columns=leaks.without(columns, frame.filter(known), predicted.questions(labels)),
        notes=[*moment.notes, *_notes(frame, moment, outcome), *period.notes],
    )


def _labelled(labels: pl.Series, moment: times.Moment) -> tuple[pl.Series, pl.Series]:
    """Tell which rows have both a label and a time, and return their labels."""
    known = labels.is_not_null() & moment.times.is_not_null()
    return known, labels.filter(known)


def relative(file: str) -> str:
    """Return a path as source.py will have it: relative, so that it is the same for everybody.

    Raises:
        ProjectError: No file is named, or it is outside of the project or of DATA_ROOT.
    """
    if not file:
        raise ProjectError("FILE is missing: name a CSV or Parquet file, or a directory of them.")
    if "://" in file:
        return file
    root, place = settings().data_root.absolute(), Path(os.path.normpath(Path(file).absolute()))
    if not place.is_relative_to(root):
        raise ProjectError(
            f"{place} is outside of {root}, where nobody else has it: copy or link it into there, "
            "set DATA_ROOT to its directory, or give the URL of a bucket."
        )
    return place.relative_to(root).as_posix()


def _format(path: str) -> FileFormat:
    """Find out how a CSV file separates its columns, from its first line."""
    place = locate(path)
    if not place.endswith((".csv", ".parquet")):
        raise ProjectError(f"{path} is no .csv and no .parquet file: convert it to one of them.")
    if place.endswith(".parquet") or "://" in place:
        return FileFormat()
    with told(path):
        first, rest = head(place)
    separator = max(SEPARATORS, key=re.sub(r'"[^"]*"', "", first).count)
    comma = separator == ";" and _has_decimal_commas(rest.splitlines()[:100], separator)
    return FileFormat(separator=separator, decimal_comma=comma)


def _has_decimal_commas(lines: list[str], separator: str) -> bool:
    cells = [cell for row in csv.reader(lines, delimiter=separator) for cell in row]
    return any(cell.replace(",", "", 1).lstrip("-").isdigit() and "," in cell for cell in cells)


def _read(path: str, file_format: FileFormat) -> pl.DataFrame:
    rows = scan(path, file_format)
    with told(path):
        width = len(rows.collect_schema())
        if width > COLUMNS_MAXIMUM:
            raise ProjectError(
                f"{path} has {width:,} columns and {COLUMNS_MAXIMUM} are the most that can be "
                "adopted: keep those that are known when the prediction is wanted."
            )
        frame = rows.collect(engine="streaming")
    if frame.is_empty():
        raise ProjectError(f"{path} has no rows.")
    return frame


def _usable(path: str, file_format: FileFormat, request: Request) -> pl.DataFrame:
    """Read the table, with codes as texts, and look whether it has what is named."""
    time, outcome, key = request.time, request.outcome, request.key
    frame = _read(path, file_format)
    _require_columns(frame, path, time=time, outcome=outcome, key=key)
    frame = codes.restore(frame, path, file_format, others={time})
    keys.require(frame, key)
    return frame


def _require_columns(frame: pl.DataFrame, path: str, **options: str | None) -> None:
    listed = ", ".join(map(repr, frame.columns[:20])) + (", ..." if frame.width > 20 else "")
    for option, name in options.items():
        if name == "":
            raise ProjectError(
                f"{option.upper()} is missing (--{option} is empty): name its column; {path} has "
                f"{listed}."
            )
        if name is not None and name not in frame.columns:
            raise ProjectError(f"{path} has no column {name!r} for --{option}; it has {listed}.")
    given = [name for name in options.values() if name is not None]
    if len(set(given)) < len(given):
        raise ProjectError("Key, time and outcome must be different columns.")


def _notes(frame: pl.DataFrame, moment: times.Moment, outcome: str) -> list[str]:
    notes = outcomes.notes(frame[outcome])
    if unreadable := moment.times.null_count():
        told = f"{unreadable:,} of {len(frame):,} rows have no readable time and are left out"
        return [told, *notes]
    return notes
