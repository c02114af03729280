"""python -m clusters.preflight [WHERE]: what is still missing for a real cluster.

Without WHERE it reads files only. With a context of kubectl it also asks that cluster; nothing is
changed there, and of Secrets only the names of their keys are read. `kind`, the local cluster, may
keep the values that are in Git.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..kind.commands import ROOT, ClusterError, project
from . import cluster, values
from .row import OPEN, READY, Row

LOG_WIDTH = 1000  # one line a row, which grep finds whole
STYLES = {OPEN: "bold red", READY: "green"}


def differences(root: Path = ROOT) -> dict[str, Any]:
    """Read the list, without what the project does not have."""
    text = (root / values.LIST).read_text("utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    for name in ("cluster", "secrets"):
        content[name] = [e for e in content[name] if (root / e.get("with", ".")).exists()]
    return content


def rows(where: str) -> Iterator[Row]:
    """Check the files, unless the local cluster is asked, and the cluster when one is named."""
    if where != "kind":
        yield from values.rows(ROOT, differences(), project())
    if where:
        name = os.environ.get("CLUSTER") or project()
        os.environ["CONTEXT"] = f"kind-{name}" if where == "kind" else where
        yield from cluster.rows(differences())


def table(found: list[Row]) -> Table:
    """Return the rows for people."""
    made = Table("", "what", box=None, header_style="bold")
    made.add_column("where", overflow="fold")
    made.add_column("what to do")
    for row in found:
        state = Text(row.state, style=STYLES.get(row.state, "yellow"))
        made.add_row(state, *map(Text, (row.what, row.where, row.do)))
    return made


def main() -> int:
    """Print the table; exit code 1 when something is open or the cluster cannot be asked."""
    try:
        found = list(rows(sys.argv[1] if len(sys.argv) > 1 else ""))
    except ClusterError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    console = Console(width=None if sys.stdout.isatty() else LOG_WIDTH)
    console.print(table(found))
    still = sum(row.state == OPEN for row in found)
    console.print(f"{still} of {len(found)} are open." if still else "Nothing is open.")
    return 1 if still else 0


if __name__ == "__main__":
    sys.exit(main())
