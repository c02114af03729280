"""`slipway adopt`: use a table of one's own instead of the example.

It looks at every row, decides what each column is, shows what it decided, and writes the modules
source, schema and features, a draft of objectives.yaml and the data dictionary. Nothing is written
when the table cannot be used.
"""

from ..errors import ProjectError
from . import modules, pages, report, writing
from .look import look
from .table import Request

__all__ = ["Request", "main"]


def main(request: Request) -> None:
    """Adopt a table, which is a CSV or Parquet file, a directory of them, or a URL.

    Raises:
        ProjectError: The table cannot be used, or somebody's work would be replaced.
    """
    writing.require_nothing_lost(replace=request.replace)
    table = look(request)
    report.show(table)
    if not table.kept:
        raise ProjectError("No column is left to predict from: nothing is written.")
    texts = modules.texts(table) | {"objectives.yaml": pages.objectives(table)}
    obsolete = writing.leftovers()
    paths = writing.write(texts, obsolete)
    report.tell(table, paths, obsolete)
