"""What is still missing for a real cluster.

Without a cluster it reads files only. With a context of kubectl it also asks that cluster; nothing
is changed there, and of Secrets only the names of their keys are read. `kind`, the local cluster,
may keep the values that are in Git.
"""

import sys
from collections.abc import Iterator
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...errors import ProjectError
from .. import commands
from ..commands import name, root
from ..target import KIND, named
from . import cluster, values
from .row import OPEN, READY, Row

LOG_WIDTH = 1000  # one line a row, which grep finds whole
STYLES = {OPEN: "bold red", READY: "green"}


def differences() -> dict[str, Any]:
    """Read the list, without what the project does not have."""
    text = (root() / values.LIST).read_text("utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    for part in ("cluster", "secrets"):
        content[part] = [e for e in content[part] if (root() / e.get("with", ".")).exists()]
    return content


def rows(where: str) -> Iterator[Row]:
    """Check the files, unless the local cluster is asked, and the cluster when one is named."""
    if where != KIND:
        yield from values.rows(root(), differences(), name())
    if where:
        commands.choose(named(where))
        yield from cluster.rows(differences())


def table(checked: list[Row]) -> Table:
    """Return the rows for people."""
    shown = Table("", "what", box=None, header_style="bold")
    shown.add_column("where", overflow="fold")
    shown.add_column("what to do")
    for row in checked:
        state = Text(row.state, style=STYLES.get(row.state, "yellow"))
        shown.add_row(state, *map(Text, (row.what, row.where, row.do)))
    return shown


def main(where: str) -> None:
    """Print the table.

    Raises:
        ProjectError: Something is open, or the cluster cannot be asked.
    """
    checked = list(rows(where))
    console = Console(width=None if sys.stdout.isatty() else LOG_WIDTH)
    console.print(table(checked))
    still = sum(row.state == OPEN for row in checked)
    if still:
        raise ProjectError(f"{still} of {len(checked)} are open.")
    console.print("Nothing is open.")
