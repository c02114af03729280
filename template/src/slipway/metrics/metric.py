"""What is known of a metric."""

from dataclasses import dataclass

COUNTER_END = "_total"
UNITS = {  # by a word at the end of a name
    "bytes": "bytes",
    "columns": "columns",
    "predictions": "rows",
    "ratio": "0 to 1",
    "rows": "rows",
    "seconds": "seconds",
    "share": "0 to 1",
}


@dataclass(frozen=True, order=True)
class Metric:
    """A family of series: `source` tells it, `kind` is counter, gauge, histogram or recorded."""

    source: str
    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str

    @property
    def unit(self) -> str:
        """What it is counted in, as the end of its name says; nothing for a plain number."""
        words = self.name.removesuffix(COUNTER_END).replace(":", "_").split("_")
        return next((UNITS[word] for word in words[:-3:-1] if word in UNITS), "")

    @property
    def samples(self) -> set[str]:
        """Names by which a query may ask for it."""
        ends = ("_bucket", "_count", "_sum") if self.kind == "histogram" else ("",)
        return {self.name + end for end in ends}
