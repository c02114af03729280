"""The commands that print what programs said and did."""

import re
from argparse import Namespace

from ..errors import ProjectError
from .command import Command
from .values import environment

IDENTITY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # of a run of Kubeflow


def logs(asked: Namespace) -> None:
    """Print the lines that are asked for."""
    from ..logs.ask import Question, main

    if not asked.store:
        raise ProjectError(
            "Lines are kept in a cluster alone, here commands print them: name a cluster by WHERE, "
            "such as `make logs WHERE=kind`."
        )
    question = Question(
        asked.run, asked.request, asked.level, asked.component, asked.env or "", asked.since
    )
    question.query()  # what is wrong is told before anything is asked
    main(asked.store, question)


def trace(asked: Namespace) -> None:
    """Print the trace that is asked for."""
    from .. import trace

    trace.main(asked.id, asked.store, asked.cluster)


def store(asked: Namespace) -> list[str]:
    """Name the store as it is called inside the cluster, and a run as its pods call it.

    Raises:
        ProjectError: This project has none.
    """
    return [*_store(asked.where), *_run("--run", asked.run, asked.where)]


def traces(asked: Namespace) -> list[str]:
    """Name the store and the cluster, and a run as its pods call it.

    Raises:
        ProjectError: This project has none.
    """
    named = _run("--id", asked.id, asked.where)
    return [*_store(asked.where), "--cluster", asked.where, *named]


def _store(where: str) -> list[str]:
    from ..logs import store
    from ..settings import settings

    if not (settings().project_root / store.ROOM).is_dir():
        raise ProjectError(
            f"{store.ROOM} is missing, no line is kept: `copier update --data telemetry=true` "
            "brings it; until then `kubectl --namespace NAMESPACE logs POD` has those of pods "
            "that are still there."
        )
    return ["--store", store.inside(where)]


def _run(option: str, run: str, where: str) -> list[str]:
    from ..clusters import commands, runs, target

    if not IDENTITY.fullmatch(run):
        return []
    commands.choose(target.named(where))
    return [option, runs.named(run)]


COMMANDS = (
    Command(
        "logs",
        "what the programs of a cluster said, newest last",
        logs,
        {
            "--run": {"default": "", "help": "that `make status` or `make train` names"},
            "--request": {"default": "", "help": "id of a request, or of its trace"},
            "--level": {"default": "", "help": "error, warning or info, and what is worse"},
            "--component": {"default": "", "help": "such as server, train or gate"},
            "--env": {"type": environment, "help": "environment"},
            "--since": {
                "default": "",
                "help": "as 30m or 7d; default: 1h, of a run or request all",
            },
            "--store": {"default": "", "help": "where it is; by default the one of the cluster"},
        },
        anywhere=True,
        elsewhere=store,
    ),
    Command(
        "trace",
        "what took how long in a request, a run or a training",
        trace,
        {
            "--id": {"default": "", "help": "of a trace, request or run; default: the newest"},
            "--store": {"default": "", "help": "where more is; by default the cluster's"},
            "--cluster": {"default": "", "help": "whose store that is, for the commands shown"},
        },
        anywhere=True,
        elsewhere=traces,
    ),
)
