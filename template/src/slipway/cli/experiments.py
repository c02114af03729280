"""Commands about experiments: what was tried, what differs, what could be better."""

from argparse import Namespace

from .command import Command
from .values import count, day


def mlflow(asked: Namespace) -> None:
    """Show MLflow's pages."""
    from ..registry import pages

    pages.main(asked.port)


def compare(asked: Namespace) -> None:
    """Print and draw what differs."""
    from .. import compare

    compare.main(asked.a, asked.b)


def tune(asked: Namespace) -> None:
    """Search, by default on all that is known at the end of the data."""
    from .. import tune
    from ..project import source

    tune.main(asked.trials, asked.as_of or source().available()[1], asked.commit, asked.submit)


COMMANDS = (
    Command(
        "tune",
        "try parameters of the model, and write the best to model.py",
        tune,
        {
            "--trials": {"type": count, "default": 50, "help": "in all; default: 50"},
            "--as-of": {"type": day, "help": "day whose beginning limits what is known"},
            "--commit": {"action": "store_true", "help": "commit model.py as well"},
            "--submit": {"action": "store_true", "help": "in the cluster of KFP_ADDRESS"},
        },
        anywhere=True,
        traced=True,
        elsewhere=lambda _: ["--submit"],
    ),
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
