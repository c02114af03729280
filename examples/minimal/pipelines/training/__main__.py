"""python -m pipelines.training run | submit [--as-of DAY] | compile --output DIRECTORY."""

import argparse
import sys
from datetime import date
from pathlib import Path

from flight_delays.errors import ProjectError


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m pipelines.training")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="train and register a model on this machine")
    submit = commands.add_parser("submit", help="do it in the cluster that KFP_ADDRESS names")
    for command in (run, submit):
        command.add_argument("--as-of", type=date.fromisoformat, help="default: the data's end")
    compile_ = commands.add_parser("compile", help="write Kubeflow's manifests")
    compile_.add_argument("--output", type=Path, required=True)
    return parser.parse_args()


def _train(command: str, as_of: date | None) -> None:
    from flight_delays.data import source

    day = as_of or source.available()[1]
    if command == "run":
        from pipelines.training import local

        local.run(day)
    else:
        from pipelines.training import cluster

        cluster.run(day)


def main() -> int:
    """Run one command; a mistake is one line and exit code 1."""
    arguments = _arguments()
    try:
        if arguments.command == "compile":
            from pipelines.training import manifests

            for path in manifests.write(arguments.output):
                print(path)
        else:
            _train(arguments.command, arguments.as_of)
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("error: interrupted; run the same command again.", file=sys.stderr)
        return 130
    return 0


sys.exit(main())
