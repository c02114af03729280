"""The state of a fit that is under way: a training whose process was ended goes on with it.

It is found again by what is fitted and how, so no other fit can take it.
"""

import hashlib
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec
import numpy as np
from obstore.store import ObjectStore

from .. import store
from ..errors import ProjectError
from ..families import Family, TrainingRows
from ..settings import settings
from .following import FAILED, FINISHED, Follower

STARTS_MAXIMUM = 3  # in a row that ended without a word and kept nothing new
FORGOTTEN_AFTER = timedelta(days=14)  # what nobody came back for
TERMINATED = 128 + signal.SIGTERM  # as a shell tells it

Answer = TypeVar("Answer")


class Record(msgspec.Struct, frozen=True):
    """What the store holds: a state, its SHA-256, and how many starts have had it."""

    starts: int = 0
    digest: str = ""
    state: bytes = b""


class Checkpoint:
    """See `families.Checkpoint`. A store that fails costs the checkpoint, not the training."""

    def __init__(self, place: str, name: str, follower: Follower) -> None:
        self.state = b""
        self.tell = follower.tell
        self._place, self._name = place, name
        self._starts = 0
        self._terminated = self._failed = False
        self._kept_at = time.monotonic()

    @property
    def due(self) -> bool:
        """Tell whether the kept state is old, or the process has been asked to end."""
        age = time.monotonic() - self._kept_at
        return self._terminated or age >= settings().checkpoint_seconds

    def keep(self, state: bytes) -> None:
        """Keep a state in place of the last, and end the process if it was asked to."""
        self.state, self._starts = state, 0
        self._write()
        self._kept_at = time.monotonic()
        if self._terminated:
            raise SystemExit(TERMINATED)

    def begin(self) -> None:
        """Take what an earlier process has left.

        Raises:
            ProjectError: Several starts in a row came no further.
        """
        record = self._ask(self._read) or Record()
        self.state, self._starts = record.state, record.starts + 1
        if self._starts > STARTS_MAXIMUM:
            self.end()
            raise ProjectError(
                f"The fit was ended {STARTS_MAXIMUM} times in a row before it kept a newer state, "
                f"which it does every {settings().checkpoint_seconds} s: give the step more memory "
                "(resources in model.py), or look for what ends it, then train again."
            )
        self._write()

    def excuse(self) -> None:
        """Do not count this start: it ended with a reason."""
        self._starts = 0
        self._write()

    def end(self) -> None:
        """Remove what is kept."""
        self._ask(self._remove)

    def terminate(self, *_: Any) -> None:
        """Note that the process has been asked to end."""
        self._terminated = True

    def _read(self, opened: ObjectStore) -> Record:
        """Return what is kept; what is damaged was not."""
        _forget_old(opened)
        _forget_old_unfinished(self._place)
        try:
            record = msgspec.msgpack.decode(bytes(opened.get(self._name).bytes()), type=Record)
        except (FileNotFoundError, msgspec.DecodeError):
            return Record()
        return record if record.digest == _digest(record.state) else Record()

    def _write(self) -> None:
        record = Record(self._starts, _digest(self.state), self.state)
        content = msgspec.msgpack.encode(record)
        self._ask(lambda opened: opened.put(self._name, content, use_multipart=False))

    def _remove(self, opened: ObjectStore) -> None:
        with suppress(FileNotFoundError):
            opened.delete(self._name)
        for path in store.unfinished(self._place, self._name):
            path.unlink(missing_ok=True)

    def _ask(self, action: Callable[[ObjectStore], Answer]) -> Answer | None:
        """Return what `action` says of the store; one that has failed is asked no more."""
        if self._failed:
            return None
        try:
            with store.opened(self._place) as opened:
                return action(opened)
        except ProjectError as error:
            self._failed = True
            print(f"an interrupted fit would begin again: {error}", file=sys.stderr, flush=True)
            return None


@contextmanager
def checkpoint(family: Family, rows: TrainingRows, place: str) -> Iterator[Checkpoint]:
    """Keep the state of a fit at `place`, a directory or bucket URL, until it has ended well.

    Raises:
        ProjectError: Several fits of the same in a row were ended and came no further.
    """
    name = _name(family, rows)
    follower = Follower(name, family.parameters)
    kept = Checkpoint(place, name, follower)
    kept.begin()
    before = signal.signal(signal.SIGTERM, kept.terminate)
    try:
        yield kept
    except (Exception, KeyboardInterrupt):
        kept.excuse()
        follower.end(FAILED)
        raise
    else:
        kept.end()
        follower.end(FINISHED)
    finally:
        signal.signal(signal.SIGTERM, before)


def _name(family: Family, rows: TrainingRows) -> str:
    """Return a name that only the same fit has."""
    kind = f"{type(family).__module__}.{type(family).__qualname__}"
    fit = [kind, dict(family.parameters), rows.names, rows.loss, rows.classes]
    digest = hashlib.sha256(msgspec.json.encode(fit, order="deterministic"))
    for array in (rows.features, rows.labels):
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _forget_old(opened: ObjectStore) -> None:
    before = datetime.now(UTC) - FORGOTTEN_AFTER
    entries = (entry for part in opened.list() for entry in part)
    for path in [entry["path"] for entry in entries if entry["last_modified"] < before]:
        opened.delete(path)


def _forget_old_unfinished(place: str) -> None:
    before = datetime.now(UTC) - FORGOTTEN_AFTER
    for path in store.unfinished(place):
        with suppress(FileNotFoundError):  # another fit has just finished or forgotten it
            if path.stat().st_mtime < before.timestamp():
                path.unlink()


def _digest(state: bytes) -> str:
    return hashlib.sha256(state).hexdigest()
