"""What differs between two registered versions: a table, and a page to look at."""

from pathlib import Path

from ..files import write_bytes
from ..objectives import objectives
from ..settings import settings
from . import page, sides, table


def main(first: str, second: str) -> Path:
    """Print what differs between two versions, and write a page that draws it.

    Both are a number, such as v3 or 3, or an alias of the registry, such as champion.

    Raises:
        ProjectError: A version does not exist, both are the same, or one cannot be had intact.
    """
    pair = sides.load(first, second)
    sections = table.sections(pair, objectives())
    print(table.text(sections, pair))
    path = settings().reports / f"compare-{pair.first.name}-{pair.second.name}.html"
    write_bytes(path, page.render(pair, sections, objectives()).encode())
    print(f"\n{path} draws it.")
    return path
