"""The project's command line: `python -m <package> <command>`; `make help` lists the same."""

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any

from .errors import ProjectError

ENVIRONMENTS = ("dev", "staging", "prod")
OF_AN_ENVIRONMENT = {
    "card": "write the model card of a release",
    "lineage": "walk from a release back to data and code",
    "rollback": "take the last release back by a commit",
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Gate, release, serve and watch the model.")
    commands = parser.add_subparsers(dest="command", required=True)

    gate = commands.add_parser("gate", help="compare the candidate with the champion")
    gate.add_argument("--result", type=Path, help="directory for one-line files: verdict, version")

    promote = commands.add_parser("promote", help="release to an environment by a commit")
    promote.add_argument("--to", required=True, choices=ENVIRONMENTS)
    promote.add_argument("--reason", default="")
    promote.add_argument("--propose", action="store_true", help="commit on a branch, for a review")

    serve = commands.add_parser("serve", help="serve the model that an environment has released")
    serve.add_argument("--env", required=True, choices=ENVIRONMENTS)
    serve.add_argument("--port", type=int, default=8080)

    images = commands.add_parser("images", help="name the images of the newest commit")
    images.add_argument("--result", type=Path, help="directory for one-line files")

    _add_stream(commands)

    for name, purpose in OF_AN_ENVIRONMENT.items():
        command = commands.add_parser(name, help=purpose)
        command.add_argument("--env", required=True, choices=ENVIRONMENTS)

    commands.add_parser("demo", help="play the months in fast motion")
    return parser


def _add_stream(commands: Any) -> None:
    monitor = commands.add_parser("monitor", help="watch one month of captured predictions")
    monitor.add_argument("--month", help="YYYY-MM; by default the newest with labels enough")
    monitor.add_argument("--env", default="prod", choices=ENVIRONMENTS)
    monitor.add_argument("--as-of", type=date.fromisoformat, help="day on which labels are read")
    monitor.add_argument("--result", type=Path, help="directory for one file a value")

    replay = commands.add_parser("replay", help="send a month of rows through an environment")
    replay.add_argument("--month", required=True, help="YYYY-MM")
    replay.add_argument("--env", default="dev", choices=ENVIRONMENTS)
    replay.add_argument("--url", help="where its service is; by default one is run here")


def _run(arguments: argparse.Namespace) -> None:
    """Call the command; imports are local so that each command starts fast."""
    match arguments.command:
        case "gate":
            from . import gate

            gate.main(arguments.result)
        case "images" | "promote" | "rollback" | "serve":
            _release(arguments)
        case "monitor":
            from .monitor import run

            run.main(arguments.month, arguments.env, arguments.as_of, arguments.result)
        case "replay":
            from .demo import replay

            replay.main(arguments.month, arguments.env, arguments.url)
        case "card":
            from . import card

            card.main(arguments.env)
        case "lineage":
            from . import lineage

            lineage.main(arguments.env)
        case "demo":
            from .demo import play

            play.main()


def _release(arguments: argparse.Namespace) -> None:
    from . import release
    from .release import image

    match arguments.command:
        case "images":
            image.main(arguments.result)
        case "promote":
            release.promote(arguments.to, arguments.reason, arguments.propose)
        case "rollback":
            release.rollback(arguments.env)
        case "serve":
            release.serve(arguments.env, arguments.port)


def main() -> int:
    """Run one command and return the exit code; a user's mistake is one line, no traceback."""
    try:
        _run(_parser().parse_args())
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("error: interrupted; run the same command again to continue.", file=sys.stderr)
        return 130
    return 0
