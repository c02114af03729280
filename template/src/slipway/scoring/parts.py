"""One part of a table after the other: checked, predicted, captured and written."""

from dataclasses import dataclass

import polars as pl

from .. import captured, store
from ..bundle import Model
from ..captured import DTYPES
from ..contract.captured import Answerer
from ..contract.release import Release
from ..errors import ProjectError
from ..features import Array, rows_not_finite
from ..schema import key_name, time_name
from ..tasks import Output as Answer
from ..training_data.columns import to_columns
from . import checks
from .output import Output, Part, digest_of
from .tables import Table

PARTS_TOLD = 10  # after which a long run says again how far it is
TOLD = ("model_name", "model_version", "model_digest", "manifest_digest")


@dataclass(frozen=True)
class Scorer:
    """A verified model that scores tables for an environment.

    `captures` says where the environment keeps what was answered, empty where it keeps none.
    """

    model: Model
    release: Release
    captures: str
    output: Output

    def score(self, table: Table) -> list[Part]:
        """Score the parts of a table that are not there yet; return what all say of themselves.

        Raises:
            ProjectError: A column is missing, the table cannot be read, a store fails, or the
                model answers with what is no finite number.
        """
        parts: list[Part] = []
        for rows in table.parts(self._columns(table)):
            start = sum(part.rows for part in parts)
            parts.append(self._part(len(parts), start, rows))
            if len(parts) % PARTS_TOLD == 0:
                print(f"{start + len(rows):,} rows", flush=True)
        return parts

    def _columns(self, table: Table) -> list[str]:
        """Return the columns of a table that the model takes; say which it does not."""
        specs, types = self.model.manifest.inputs, table.types()
        ignored = checks.require_columns(types, specs, table.title)
        kept = {key_name(specs), time_name(specs)}
        if taken := sorted(kept & {output.name for output in self.model.task.outputs}):
            raise ProjectError(
                f"The column {taken[0]!r} of the table is called like an answer of the model: "
                "give it another name in schema.py and train again."
            )
        if ignored:
            print(f"ignored, as the model does not take it: {', '.join(ignored)}")
        return [spec.name for spec in specs if spec.name in types]

    def _part(self, number: int, start: int, rows: pl.DataFrame) -> Part:
        digest = digest_of(rows)
        earlier = self.output.part(number)
        if earlier is not None and earlier.digest == digest:
            return earlier
        specs = self.model.manifest.inputs
        if (key := key_name(specs)) not in rows.columns:
            row = pl.int_range(start, start + len(rows))
            rows = rows.with_columns(pl.format("{}-{}", pl.lit(self.output.id), row).alias(key))
        checked = checks.check(rows, specs)
        predictions = self._predict(checked.good.drop(key))
        part = Part(digest, len(rows), len(checked.bad), checked.counts)
        about = {name: getattr(self.release, name) for name in TOLD}
        if self.captures:  # first: a part that is there is captured
            self._capture(number, checked.good, predictions)
        self.output.write(number, part, self._scores(checked.good, predictions), checked.bad, about)
        return part

    def _predict(self, rows: pl.DataFrame) -> Array:
        predictions = self.model.predict(to_columns(rows))
        if wrong := rows_not_finite(predictions):
            raise ProjectError(
                f"{self.release.title} answers {wrong:,} of {len(rows):,} rows with what is no "
                "finite number: look at the features of these rows, or roll the release back."
            )
        return predictions

    def _scores(self, rows: pl.DataFrame, predictions: Array) -> pl.DataFrame:
        """Return key, time and what a client would be told, a column an output of the task."""
        specs, answer = self.model.manifest.inputs, self.model.answer(predictions)
        return rows.select(key_name(specs), time_name(specs)).with_columns(
            pl.Series(output.name, answer[output.name], dtype=_type(output))
            for output in self.model.task.outputs
        )

    def _capture(self, number: int, rows: pl.DataFrame, predictions: Array) -> None:
        """Keep the rows for the monitor; what a repeated run keeps replaces what it kept before."""
        specs = self.model.manifest.inputs
        answerer = Answerer(self.model.model_digest, self.model.manifest_digest)
        kept = captured.table(specs, rows, predictions, answerer, self.output.scores)
        with store.opened(self.captures) as opened:
            name = f"scores-{self.output.id}-{number:05}"
            captured.keep(opened, kept, time_name(specs), name)


def _type(output: Answer) -> pl.DataType:
    """Return the type of an output's column: an array, where it is several values a row."""
    dtype = DTYPES[output.datatype]
    return pl.Array(dtype, len(output.columns)) if output.columns else dtype
