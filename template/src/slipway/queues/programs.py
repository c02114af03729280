"""What a Job of the queue runs: `python -m slipway.queues.programs NAME ARGUMENTS`.

Its inputs and outputs are directories of the store, as Kubeflow's artifacts are.
"""

import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from ..errors import ProjectError
from . import transfer

TERMINATED = 128 + signal.SIGTERM  # as a shell tells it


def train(rows: str, fitted: str) -> None:
    """Do the training's step `train`."""
    from ..training import steps

    with tempfile.TemporaryDirectory() as place:
        source, result = Path(place) / "rows", Path(place) / "fitted"
        transfer.fetch(rows, source)
        steps.train(source, result)
        transfer.send(result, fitted)


def trial(rows: str, as_of: str, number: int) -> None:
    """Do a trial of a search for parameters."""
    from ..tune import steps

    with tempfile.TemporaryDirectory() as place:
        transfer.fetch(rows, Path(place))
        steps.attempt(date.fromisoformat(as_of), Path(place), number)


PROGRAMS: dict[str, Callable[..., None]] = {"train": train, "trial": trial}


def main(name: str, arguments: dict[str, Any]) -> int:
    """Run a program; a failure is one sentence, which the step repeats."""
    signal.signal(signal.SIGTERM, _end)  # the first process of a container is ended by nothing else
    try:
        PROGRAMS[name](**arguments)
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


def _end(*_: Any) -> NoReturn:
    os._exit(TERMINATED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], json.loads(sys.argv[2])))
