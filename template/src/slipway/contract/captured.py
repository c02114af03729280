"""One answered row, as the server keeps it and the monitor reads it."""

import msgspec

from .digest import Digest

PROOF = "proof-"  # began the keys of rows that proved a release, at servers up to 1.0


class CapturedRow(msgspec.Struct):
    """One line of JSON; `time` is the wall clock in UTC, `columns` holds the inputs as received.

    `model` and `manifest` are the digests of what answered, `request` the id of its request.
    Servers up to 1.0 did not say which manifest, and kept what proved a release as well.
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
