"""What adopt tells: a line for each column, and what to do next."""

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .table import Adopted, Column

LOG_WIDTH = 1000  # one line a column, which grep finds whole


def show(table: Adopted) -> None:
    """Print what was decided."""
    console = Console(width=None if sys.stdout.isatty() else LOG_WIDTH, highlight=False)
    shown = Table("column", "becomes", "missing", "range or values", "", box=None, pad_edge=False)
    key = "(row number)" if table.key is None else printable(table.key)
    shown.add_row(Text(key), "key", "", "", _renamed(table))
    shown.add_row(Text(printable(table.time.original)), "time", "", _period(table), "")
    for column in table.columns:
        shown.add_row(*map(Text, _cells(column)))
    console.print(shown)
    first, *more = table.outcome.told(table.labels)
    for line in (f"\n{table.rows:,} rows; {first}", *more):
        console.print(Text(line))
    for note in table.notes:
        console.print(Text(f"note: {note}."))


def printable(name: str) -> str:
    """Return the name of a column so that it can be seen, and moves no cursor."""
    return name if name.isprintable() and name.strip() == name != "" else repr(name)


def _period(table: Adopted) -> str:
    return f"{table.time.first:%Y-%m-%d} to {table.time.last:%Y-%m-%d}"


def _renamed(table: Adopted) -> str:
    return "" if table.key == table.key_name else f"as {table.key_name}"


def _cells(column: Column) -> tuple[str, str, str, str, str]:
    known = column.kind and column.minimum is not None
    limits = f"{column.minimum:g} to {column.maximum:g}" if known else ""
    values = f"{column.values:,} values" if column.values and column.kind else ""
    renamed = f"as {column.name}" if column.kind and column.name != column.original else ""
    missing = f"{column.missing:.1%}" if column.missing else ""
    return (
        printable(column.original),
        column.kind or "left out",
        missing,
        limits or values,
        column.reason or renamed,
    )


def tell(table: Adopted, paths: list[Path], obsolete: list[str]) -> None:
    """Print what was written and removed, and what to do next."""
    names = [str(path) for path in paths]
    print("\nwritten: " + ", ".join(names))
    if obsolete:
        print(f"removed: {', '.join(obsolete)}, which only the example needed")
    print(f"to have back what was there: git restore {' '.join([*names, *obsolete])}")
    print(
        "next: read objectives.yaml, then make check, make test, make train, make gate, make demo"
    )
    if "://" not in table.path:
        print("A cluster does not have this file: put it into a bucket before make train WHERE=...")
