"""A directory, or a bucket by its URL (s3://, gs://, az://), behind one client.

Keys and endpoint come from the variables that the cloud's own tools read, such as AWS_ENDPOINT_URL.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from .errors import ProjectError

FAILURES = (BaseError, OSError)
FULL = ("No space left", "File too large", "quota exceeded")  # as the system calls a full disk


def connect(place: str, timeout: str = "30s", **options: Any) -> ObjectStore:
    """Return the store at `place`; a directory is made, a bucket is not asked yet.

    Raises:
        ProjectError: No directory can be made there, or no client knows such a URL.
    """
    plain = os.environ.get("AWS_ALLOW_HTTP") == "true"  # client_options hide this variable
    try:
        if "://" in place:
            client: Any = {"timeout": timeout, "allow_http": plain}
            return from_url(place, client_options=client, **options)
        return LocalStore(Path(place).absolute(), mkdir=True)
    except FAILURES as error:
        raise ProjectError(
            f"{place} cannot be opened ({reason(error)}): name a directory or a URL like s3://x/y."
        ) from None


@contextmanager
def opened(place: str) -> Iterator[ObjectStore]:
    """Open the store at `place`; what goes wrong in it becomes a sentence."""
    try:
        yield connect(place)
    except FAILURES as error:
        raise ProjectError(
            f"The store {place} failed ({reason(error)}): {_remedy(error)}."
        ) from None


def unfinished(place: str, name: str = "*") -> Iterator[Path]:
    """Yield what killed processes left of `name`: in a directory it is written beside it first.

    A bucket has none, and the client lists none.
    """
    if "://" not in place:
        yield from Path(place).glob(f"{name}#[0-9]*")


def _remedy(error: Exception) -> str:
    if any(words in str(error) for words in FULL):
        return "make room there and run the same command again, nothing is half-written"
    return (
        "check that it can be reached, and that the account may do this; restore what is lost from "
        "its backup"
    )


def reason(error: Exception) -> str:
    """Return the first line of what a store said."""
    return str(error).strip().partition("\n")[0].rstrip(".")
