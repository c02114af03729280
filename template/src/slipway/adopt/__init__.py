"""`slipway adopt`: use a table of one's own instead of the example.

It looks at every row, decides what each column is, shows what it decided, and writes the modules
source, schema and features, a draft of objectives.yaml and the data dictionary. Nothing is written
when the table cannot be used.
"""

from datetime import timedelta

from ..errors import ProjectError
from . import modules, pages, report, writing
from .look import look


def main(file: str, time: str, outcome: str, key: str | None, label_delay: timedelta) -> None:
    """Adopt the table at `file`, a CSV or Parquet file or its URL.

    Raises:
        ProjectError: The table cannot be used, or a file that would be replaced is not committed.
    """
    writing.require_nothing_lost()
    table = look(file, time, outcome, key, label_delay)
    report.show(table)
    if not table.kept:
        raise ProjectError("No column is left to predict from: nothing is written.")
    texts = modules.texts(table) | {"objectives.yaml": pages.objectives(table)}
    paths = writing.write(texts)
    report.tell(table, paths)
