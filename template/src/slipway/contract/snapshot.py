"""The name of one version of the training data."""

import msgspec


class SnapshotId(msgspec.Struct, frozen=True):
    """One immutable version of the data.

    `digest` is the SHA-256 of the sorted list of files with their SHA-256; `address` is where
    the backend keeps them.
    """

    backend: str
    digest: str
    address: str
    rows: int
    schema_hash: str

    def as_text(self) -> str:
        """Return the identity as one line of JSON."""
        return msgspec.json.encode(self).decode()
