"""One answered row, as servers keep it and the monitor reads it.

It is a row of a Parquet file: the inputs by their names, and what is named here. No input is called
so: these names hold spaces.
"""

from typing import NamedTuple

import msgspec

from .digest import Digest

ANSWERED = "time of the answer"  # the wall clock in UTC
REQUEST = "id of the request"
MODEL = "digest of the model"
MANIFEST = "digest of the manifest"
PREDICTION = "prediction of the model"
PROOF = "proof-"  # began the keys of rows that proved a release, at servers up to 1.0


class Answerer(NamedTuple):
    """The digests of what answered; servers up to 1.0 did not say which manifest."""

    model: str
    manifest: str | None


class CapturedLine(msgspec.Struct):
    """One line of JSON, as servers up to 1.0 wrote them; `columns` holds the inputs as received.

    They kept what proved a release as well, and the last of them said which manifest.
    """

    time: str
    model: Digest
    request: str
    key: str
    columns: dict[str, bool | str | int | float | None]
    prediction: float | list[float]
    manifest: Digest | None = None

    @property
    def proves_release(self) -> bool:
        """Tell whether the row was no client's."""
        return self.manifest is None and self.key.startswith(PROOF)
