"""The key: a column that tells rows apart, if there is one."""

import polars as pl

from ..errors import ProjectError
from .columns import TEXT_LENGTH_MAXIMUM
from .names import free


def require(frame: pl.DataFrame, key: str | None) -> None:
    """Look whether a column can be the key.

    Raises:
        ProjectError: It cannot; the sentence says why.
    """
    if key is None:
        return
    column = frame[key]
    if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
        raise ProjectError(f"The key {key!r} holds {column.dtype}: choose another column.")
    texts = column.cast(pl.String)
    if missing := len(texts) - int((texts != "").sum()):
        raise ProjectError(
            f"{missing:,} rows have no value in the key {key!r}: choose another one."
        )
    if int(texts.str.len_chars().max() or 0) > TEXT_LENGTH_MAXIMUM:  # type: ignore[arg-type]
        raise ProjectError(
            f"The key {key!r} has values of more than {TEXT_LENGTH_MAXIMUM} characters: choose "
            "another column, or leave --key out and one is made."
        )
    twice = column.filter(texts.is_duplicated())
    if len(twice):
        raise ProjectError(
            f"The key {key!r} has {twice.n_unique():,} values that more than one row has, such as "
            f"{twice[0]!r}: choose another column, or leave --key out and one is made."
        )


def name(key: str | None, translated: dict[str, str]) -> str:
    """Return what the key is called in the schema; one that is made is called row_id."""
    return free("row_id", translated.values()) if key is None else translated[key]
