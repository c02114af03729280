"""The project's commands: `slipway COMMAND`; `make help` lists the same, as targets of make."""

import argparse
import os
import select
import signal
import sys

from .. import logs, loopback
from ..errors import ProjectError
from ..settings import name_user, settings
from .command import Command
from .commands import COMMANDS

STANDARD_OUTPUT = 1  # in pods sys.stdout is no file


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit code; a user's mistake is one line, no traceback."""
    words = sys.argv[1:] if arguments is None else arguments
    loopback.bypass_proxies()
    try:
        name_user()
        asked = parser().parse_args(words)
        command: Command = asked.command
        elsewhere = getattr(asked, "where", "local") != "local"
        if elsewhere or command.in_cluster:
            _require_cluster()
        logs.begin(command.name)
        if elsewhere:
            return _elsewhere(asked.where, command, words)
        _call(command, asked)
        sys.stdout.flush()
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("error: interrupted; run the same command again to continue.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        if not _unread():
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), STANDARD_OUTPUT)  # what is left goes nowhere
        return 128 + signal.SIGPIPE
    return 0


def _unread() -> bool:
    """Tell whether nobody reads what is printed any more, as `head` when it has seen enough."""
    output = select.poll()
    output.register(STANDARD_OUTPUT, 0)
    return any(events & select.POLLERR for _, events in output.poll(0))


def _call(command: Command, asked: argparse.Namespace) -> None:
    if not command.traced:
        command.call(asked)
        return
    with logs.process(command.name, f"slipway {command.name}"):
        command.call(asked)


def parser() -> argparse.ArgumentParser:
    """Return what understands the command line."""
    whole = argparse.ArgumentParser(
        prog="slipway",
        description="Train, gate, release, serve and watch the model of this project.",
    )
    commands = whole.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        part = commands.add_parser(
            command.name, help=command.purpose, description=f"{command.purpose}."
        )
        for name, details in command.options.items():
            part.add_argument(name, **details)
        if command.anywhere:
            part.add_argument("--where", default="local", help="local, or a directory in clusters/")
        part.set_defaults(command=command)
    return whole


def _require_cluster() -> None:
    if not (settings().project_root / "clusters").is_dir():
        raise ProjectError(
            "This project has no cluster: `copier update --data serving=true` gives it one."
        )


def _elsewhere(where: str, command: Command, words: list[str]) -> int:
    """Run the same command here against the services of a cluster."""
    from ..clusters import connect

    rest = _without_where(words)
    asked = parser().parse_args(rest)
    asked.where = where
    return connect.run(where, [sys.executable, "-m", "slipway", *rest, *command.elsewhere(asked)])


def _without_where(words: list[str]) -> list[str]:
    kept, skip = [], False
    for word in words:
        if skip or word.startswith("--where="):
            skip = False
        elif word == "--where":
            skip = True
        else:
            kept.append(word)
    return kept
