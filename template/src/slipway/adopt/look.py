"""Look at a table as a whole: whether it can be used, and what is in it."""

import csv
from datetime import timedelta
from pathlib import Path

import polars as pl

from ..errors import ProjectError
from ..settings import settings
from ..sources.files import FileFormat, locate, scan, told
from . import columns as inspect
from . import leaks, names, outcomes, times
from .table import Adopted

COLUMNS_MAXIMUM = 500
SEPARATORS = ",;\t|"
HEAD_BYTES = 64 * 1024


def look(file: str, time: str, outcome: str, key: str | None, label_delay: timedelta) -> Adopted:
    """Read the whole table and decide about each of its columns.

    Raises:
        ProjectError: It cannot be read or used; the sentence says why.
    """
    path = relative(file)
    file_format = _format(path)
    frame = _read(path, file_format)
    _require_columns(frame, path, time=time, outcome=outcome, key=key)
    event = outcomes.decide(frame[outcome])
    moment = times.decide(frame[time])
    _require_key(frame, key)
    others = [name for name in frame.columns if name not in {time, outcome, key}]
    translated = names.translate([*filter(None, (key, time)), *others])
    known = frame[outcome].is_not_null() & moment.times.is_not_null()
    label = (frame[outcome] == event.event).cast(pl.Int8)
    decided = [inspect.decide(frame[name], translated[name]) for name in others]
    checked = leaks.without(decided, frame.filter(known), label.filter(known))
    return Adopted(
        path=path,
        rows=len(frame),
        file_format=file_format,
        time=times.described(moment, translated[time], time),
        outcome=event,
        key=key,
        key_name=translated[key] if key else names.free("row_id", translated.values()),
        label_delay=label_delay,
        columns=checked,
        notes=[*moment.notes, *_notes(frame, moment)],
    )


def relative(file: str) -> str:
    """Return a path as source.py will have it: relative to the project where that is possible."""
    if "://" in file:
        return file
    place = Path(file).absolute()
    try:
        return place.relative_to(settings().project_root.absolute()).as_posix()
    except ValueError:
        return place.as_posix()


def _format(path: str) -> FileFormat:
    """Find out how a CSV file separates its columns, from its first line."""
    place = locate(path)
    if place.endswith(".parquet") or "://" in place or "*" in place:
        return FileFormat()
    if not place.endswith(".csv"):
        raise ProjectError(f"{path} is no .csv and no .parquet file: convert it to one of them.")
    with Path(place).open("rb") as file:
        head = file.read(HEAD_BYTES).decode("utf-8", errors="replace")
    first, _, rest = head.partition("\n")
    separator = max(SEPARATORS, key=first.count)
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


def _require_columns(frame: pl.DataFrame, path: str, **asked: str | None) -> None:
    for option, name in asked.items():
        if name is not None and name not in frame.columns:
            listed = ", ".join(frame.columns[:20]) + (", ..." if frame.width > 20 else "")
            raise ProjectError(f"{path} has no column {name!r} for --{option}; it has {listed}.")
    given = [name for name in asked.values() if name is not None]
    if len(set(given)) < len(given):
        raise ProjectError("Key, time and outcome must be different columns.")


def _require_key(frame: pl.DataFrame, key: str | None) -> None:
    if key is None:
        return
    if missing := frame[key].null_count():
        raise ProjectError(
            f"{missing:,} rows have no value in the key {key!r}: choose another one."
        )
    twice = frame[key].filter(frame[key].is_duplicated())
    if len(twice):
        raise ProjectError(
            f"The key {key!r} has {twice.n_unique():,} values that more than one row has, such as "
            f"{twice[0]!r}: choose another column, or leave --key out and one is made."
        )


def _notes(frame: pl.DataFrame, moment: times.Moment) -> list[str]:
    unreadable = moment.times.null_count()
    if not unreadable:
        return []
    return [f"{unreadable:,} of {len(frame):,} rows have no readable time and are left out"]
