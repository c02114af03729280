"""What the monitor remembers of a day, so that it reads the day's captures once.

It can be made again of them at any time: what is missing, damaged or of another time is no error.
"""

from datetime import date
from typing import Any

import msgspec
import numpy as np
from obstore.store import ObjectStore

from .summary import Summary

FORMAT = 1  # of what is kept; another one is read from the captures again


class DayState(msgspec.Struct, frozen=True):
    """The summaries of a day, and of what they were made.

    `basis` is how they were made, `objects` and `labels` name the content of both.
    """

    basis: str
    objects: str
    labels: str
    unreadable: int
    summaries: list[Summary]


def load(opened: ObjectStore, day: date) -> DayState | None:
    """Return what is kept of a day, if it can be read."""
    try:
        content = bytes(opened.get(_path(day)).bytes())
        return msgspec.msgpack.decode(content, type=DayState, dec_hook=_dense)
    except (FileNotFoundError, msgspec.DecodeError, ValueError, TypeError):
        return None


def save(opened: ObjectStore, day: date, state: DayState) -> None:
    """Keep what is known of a day; it appears whole."""
    content = msgspec.msgpack.encode(state, enc_hook=_sparse)
    opened.put(_path(day), content, use_multipart=False)


def _path(day: date) -> str:
    return f"state/{day:%Y-%m/%d}.msgpack"


def _sparse(array: Any) -> Any:
    """Return an array as its type, its shape, and the places and values of what is not zero."""
    flat = np.ravel(array)
    places = np.flatnonzero(flat).astype(np.int64)
    return array.dtype.str, array.shape, places.tobytes(), flat[places].tobytes()


def _dense(_: type, kept: Any) -> Any:
    dtype, shape, places, values = kept
    array = np.zeros(shape, np.dtype(dtype))
    array.ravel()[np.frombuffer(places, np.int64)] = np.frombuffer(values, array.dtype)
    return array
