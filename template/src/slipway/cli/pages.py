"""The commands that write pages about the project."""

from argparse import Namespace
from pathlib import Path

from .command import Command

METRICS = Path("build/metrics.md")
SITE = Path("build/docs")


def metrics(asked: Namespace) -> None:
    """Write the page."""
    from .. import metrics

    metrics.main(asked.output)


def docs(asked: Namespace) -> None:
    """Gather the pages."""
    from .. import site

    site.main(asked.output)


COMMANDS = (
    Command(
        "metrics",
        "write the list of all metrics, from the code that tells them",
        metrics,
        {"--output": {"type": Path, "default": METRICS, "help": f"default: {METRICS}"}},
    ),
    Command(
        "docs",
        "gather the pages of this project, of which MkDocs makes a site",
        docs,
        {"--output": {"type": Path, "default": SITE, "help": f"default: {SITE}"}},
    ),
)
