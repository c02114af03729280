"""The command that fills in the model-health review."""

from argparse import Namespace

from . import costs
from .command import Command
from .values import environment


def health(asked: Namespace) -> None:
    """Write the page."""
    from .. import health
    from ..project import project

    health.main(asked.env or project().last, asked.prometheus, asked.cluster)


def prometheus(asked: Namespace) -> list[str]:
    """Name where the cost is known, in a project that counts it."""
    return costs.prometheus(asked) if costs.counted() else []


COMMANDS = (
    Command(
        "health",
        "write the model-health review, filled in",
        health,
        {
            "--env": {"type": environment, "help": "default: the last"},
            "--prometheus": {"default": "", "help": "where the cost is known"},
            "--cluster": {"default": "", "help": "whose prices: a directory in clusters/"},
        },
        anywhere=True,
        elsewhere=prometheus,
    ),
)
