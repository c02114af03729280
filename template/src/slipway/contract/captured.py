"""One answered row, as the server keeps it and the monitor reads it."""

import msgspec

from .digest import Digest

PROOF = "proof-"  # begins the keys of rows that prove a release and are no client's


class CapturedRow(msgspec.Struct):
    """One line of JSON; `time` is the wall clock in UTC, `columns` holds the inputs as received.

    `model` is the digest of the model that answered, `request` the id of its request.
    """

    time: str
    model: Digest
    request: str
    key: str
    columns: dict[str, bool | str | int | float | None]
    prediction: float | list[float]
