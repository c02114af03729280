"""What a scoring leaves: parts with scores, parts with rows in quarantine, and what ends it.

    <table>.scores-v<version>-<id>/part-00000.parquet      key, time and what clients are told
    <table>.quarantine-v<version>-<id>/part-00000.parquet  rows that break a rule, with `reasons`
    <table>.scores-v<version>-<id>.json                    counts; it is there when all of it is

`id` names the environment, the model, its manifest and, of a file, its content. Every object
appears whole, in a directory or a bucket. A part of scores is written last of its rows and says
which these were, so that another run knows what is left to do.
"""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import msgspec
import polars as pl

from .. import store
from ..contract.digest import Digest
from ..contract.release import Release
from ..errors import ProjectError
from .tables import Table

ID_LENGTH = 12
KEY = "slipway"  # in the metadata of a part
STAGED = "*#*"  # how a process that was killed leaves what it had begun to write in a directory


class Part(msgspec.Struct, frozen=True):
    """What a part of scores says of itself: the digest of its rows as they were read, and counts.

    `broken` counts by rule; a row of the quarantine may break several.
    """

    digest: Digest
    rows: int
    quarantined: int
    broken: dict[str, int]


class Scored(msgspec.Struct, frozen=True, omit_defaults=True):
    """The end of a scoring."""

    table: str
    environment: str
    model: str
    model_digest: Digest
    manifest_digest: Digest
    rows: int
    quarantined: int
    broken: dict[str, int]


@dataclass(frozen=True)
class Output:
    """The place of one scoring, a directory or the URL of a bucket, and its names there."""

    place: str
    scores: str
    quarantine: str
    id: str

    @property
    def address(self) -> str:
        """Where the scores are."""
        return f"{self.place}/{self.scores}"

    def ended(self) -> Scored | None:
        """Return what an earlier run has ended with; None where none has.

        Raises:
            ProjectError: The store fails, or what it holds is no such text.
        """
        name = f"{self.scores}.json"
        try:
            content = self._get(name)
            return None if content is None else msgspec.json.decode(content, type=Scored)
        except msgspec.DecodeError:
            raise ProjectError(
                f"{self.place}/{name} is damaged: remove it, and what is missing is scored again."
            ) from None

    def part(self, number: int) -> Part | None:
        """Return what a part of an earlier run says of itself; None where there is none whole."""
        content = self._get(_path(self.scores, number))
        try:
            about = pl.read_parquet_metadata(io.BytesIO(content or b""))
            return msgspec.json.decode(about[KEY], type=Part)
        except (pl.exceptions.PolarsError, msgspec.DecodeError, KeyError):
            return None

    def write(
        self,
        number: int,
        part: Part,
        scores: pl.DataFrame,
        bad: pl.DataFrame,
        about: dict[str, str],
    ) -> None:
        """Write a part; `about` goes into its metadata too.

        Raises:
            ProjectError: The store is full or refuses.
        """
        told = {**about, KEY: msgspec.json.encode(part).decode()}
        with store.opened(self.place) as opened:
            if part.quarantined:
                opened.put(_path(self.quarantine, number), _parquet(bad, about))
            opened.put(_path(self.scores, number), _parquet(scores, told))

    def end(self, parts: list[Part], scored: Scored) -> None:
        """Remove what none of the parts is, and say that these are all.

        Raises:
            ProjectError: The store is full or refuses.
        """
        wanted = {_path(self.scores, number) for number, _ in enumerate(parts)}
        wanted |= {
            _path(self.quarantine, number) for number, it in enumerate(parts) if it.quarantined
        }
        with store.opened(self.place) as opened:
            for directory in (self.scores, self.quarantine):
                listed = [entry["path"] for some in opened.list(directory) for entry in some]
                if stale := [path for path in listed if path not in wanted]:
                    opened.delete(stale)
                if "://" not in self.place:
                    for staged in Path(self.place, directory).glob(STAGED):
                        staged.unlink()
            opened.put(f"{self.scores}.json", msgspec.json.format(msgspec.json.encode(scored)))

    def _get(self, path: str) -> bytes | None:
        with store.opened(self.place) as opened:
            try:
                return bytes(opened.get(path).bytes())
            except FileNotFoundError:
                return None


def output_of(table: Table, environment: str, release: Release) -> Output:
    """Return where a table is scored by what an environment has released."""
    digests = release.model_digest, release.manifest_digest
    named = "\n".join((environment, *digests, table.stem, table.content))
    identity = hashlib.sha256(named.encode()).hexdigest()[:ID_LENGTH]
    end = f"v{release.model_version}-{identity}"
    return Output(
        table.place, f"{table.stem}.scores-{end}", f"{table.stem}.quarantine-{end}", identity
    )


def digest_of(rows: pl.DataFrame) -> Digest:
    """Return what names these rows in this order."""
    return hashlib.sha256(rows.hash_rows().to_numpy().tobytes()).hexdigest()


def _path(directory: str, number: int) -> str:
    return f"{directory}/part-{number:05}.parquet"


def _parquet(rows: pl.DataFrame, about: dict[str, str]) -> bytes:
    content = io.BytesIO()
    rows.write_parquet(content, compression="zstd", metadata=about)
    return content.getvalue()
