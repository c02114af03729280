"""The command that scores a table."""

from argparse import Namespace

from ..errors import ProjectError
from .command import Command
from .values import day, environment


def score(asked: Namespace) -> None:
    """Score a file here, or a day here or in Kubeflow."""
    from ..project import project
    from ..scoring import cluster, run

    if asked.file is not None and (asked.day or asked.submit):
        raise ProjectError("A file is scored alone and on this machine: name a file, or a day.")
    name = asked.env or project().last
    if asked.submit:
        cluster.run(name, asked.day)
    else:
        run.main(name, asked.day, asked.file)


COMMANDS = (
    Command(
        "score",
        "score a table with what an environment has released",
        score,
        {
            "--day": {"type": day, "help": "of the source; by default the newest that is over"},
            "--file": {"help": "CSV or Parquet with the columns that the model takes"},
            "--env": {"type": environment, "help": "default: the last"},
            "--submit": {"action": "store_true", "help": "a day, in the cluster of KFP_ADDRESS"},
        },
        anywhere=True,
        traced=True,
        elsewhere=lambda asked: [] if asked.file else ["--submit"],
    ),
)
