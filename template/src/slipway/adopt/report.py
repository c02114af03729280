"""What adopt tells: a line for each column, and what to do next."""

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from . import pages
from .table import Adopted, Column


def show(table: Adopted) -> None:
    """Print what was decided."""
    console = Console(highlight=False)
    shown = Table("column", "becomes", "missing", "range or values", "", box=None, pad_edge=False)
    shown.add_row(Text(table.key or "(row number)"), "key", "", "", _renamed(table))
    shown.add_row(Text(table.time.original), "time", "", _period(table), "")
    for column in table.columns:
        shown.add_row(*map(Text, _cells(column)))
    console.print(shown)
    outcome = table.outcome
    console.print(
        Text(
            f"\n{table.rows:,} rows; {outcome.name} is {outcome.event!r} in {outcome.rate:.1%} of "
            f"{outcome.known:,} rows whose outcome is known."
        )
    )
    for note in table.notes:
        console.print(Text(f"note: {note}."))
    window, holdout = pages.days(table)
    if (table.time.last - table.time.first).days < window + holdout + pages.TWO_MONTHS:
        console.print("note: the data is too short for `make demo`, which plays two months.")


def _period(table: Adopted) -> str:
    return f"{table.time.first:%Y-%m-%d} to {table.time.last:%Y-%m-%d}"


def _renamed(table: Adopted) -> str:
    return "" if table.key in (None, table.key_name) else f"as {table.key_name}"


def _cells(column: Column) -> tuple[str, str, str, str, str]:
    limits = f"{column.minimum:g} to {column.maximum:g}" if column.minimum is not None else ""
    values = f"{column.values:,} values" if column.values and column.kind else ""
    renamed = f"as {column.name}" if column.kind and column.name != column.original else ""
    missing = f"{column.missing:.1%}" if column.missing else ""
    return (
        column.original,
        column.kind or "left out",
        missing,
        limits or values,
        column.reason or renamed,
    )


def tell(table: Adopted, paths: list[Path]) -> None:
    """Print what was written, and what to do next."""
    print("\nwritten: " + ", ".join(str(path) for path in paths))
    print(
        "next: read objectives.yaml, then make check, make test, make train, make gate, make demo"
    )
    if "://" not in table.path:
        print("A cluster does not have this file: put it into a bucket before make train WHERE=...")
