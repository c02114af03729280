"""`slipway metrics`: every metric that this project's programs tell Prometheus, as one page.

The list is read from the code and the files that make the metrics, so it cannot say something else.
Names follow OpenMetrics: base units as a suffix, `_total` for what only grows.
"""

from pathlib import Path

from ..files import write_bytes
from . import catalogue, page, uses


def main(output: Path) -> None:
    """Write the page; say how many metrics it has, and which are asked for and not among them.

    Raises:
        ProjectError: objectives.yaml is wrong, or the page cannot be written.
    """
    listed, asked = catalogue.read(), uses.read()
    write_bytes(output, page.render(listed, asked).encode())
    for name in sorted(uses.unknown(listed, asked)):
        query = asked[name][0]
        print(
            f"warning: {query.where}: the {query.what} asks for {name}, which no program of this "
            "project is known to tell: correct the name, unless you scrape what tells it."
        )
    print(f"{output}: {len(listed)} metrics, asked for by {sum(map(len, asked.values()))} queries.")
