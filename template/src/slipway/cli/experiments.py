"""Commands about experiments: what was tried, what differs, what could be better."""

from argparse import Namespace

from .command import Command


def mlflow(asked: Namespace) -> None:
    """Show MLflow's pages."""
    from ..registry import pages

    pages.main(asked.port)


def compare(asked: Namespace) -> None:
    """Print and draw what differs."""
    from .. import compare

    compare.main(asked.a, asked.b)


COMMANDS = (
    Command(
        "mlflow",
        "show MLflow's pages about runs and models",
        mlflow,
        {"--port": {"type": int, "default": 5000, "help": "of the local pages; default: 5000"}},
        anywhere=True,
    ),
    Command(
        "compare",
        "print and draw what differs between two registered versions",
        compare,
        {
            "--a": {"default": "champion", "help": "as v3, or an alias; default: champion"},
            "--b": {"default": "candidate", "help": "as v4, or an alias; default: candidate"},
        },
        anywhere=True,
    ),
)
