"""Run the pipeline on this machine: each step in a process of its own, as in the cluster."""

import contextlib
import io
import os
import re
import shlex
import shutil
import sys
import warnings
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import monotonic
from typing import TextIO

from kfp import local

from ..errors import ProjectError
from ..logs import span
from ..settings import settings
from .code import source_commit

STARTED = re.compile(r"Executing task .*?'([a-z-]+)'")
FINISHED = re.compile(r"Task .*?'[a-z-]+'.* finished with status .*SUCCESS")
ONGOING = re.compile(r"^ *\.\. (.*)")
RESULT = re.compile(r"^ *-> (.*)")
WIPED = "\x1b[K"  # from the cursor on
REFUSED = re.compile(r"^ *[\w.]*ProjectError: (.*)")


class Progress(io.TextIOBase):
    """Write the runner's output to a log and show one line for each finished step."""

    def __init__(self, log: TextIO) -> None:
        self.log = log
        self.line = self.step = self.result = self.reason = ""
        self.started = monotonic()
        self.terminal = sys.__stdout__ is not None and sys.__stdout__.isatty()

    def write(self, text: str) -> int:
        self.log.write(text)
        *lines, self.line = (self.line + text).split("\n")
        for line in lines:
            self._read(line)
        return len(text)

    def _read(self, line: str) -> None:
        if match := STARTED.search(line):
            self.step, self.result, self.started = match[1], "", monotonic()
        elif match := RESULT.search(line):
            self.result = match[1]
        elif match := REFUSED.search(line):
            self.reason = match[1]
        elif match := ONGOING.search(line):
            self._show(match[1], ongoing=True)
        elif FINISHED.search(line):
            self._show(self.result)

    def clear(self) -> None:
        """Wipe the line of a step that is ongoing off a terminal."""
        if self.terminal:
            print(WIPED, end="", file=sys.__stdout__, flush=True)

    def _show(self, words: str, *, ongoing: bool = False) -> None:
        """Print the line of a step; at a terminal alone also while it is ongoing, on one place."""
        if ongoing and not self.terminal:
            return
        self.clear()
        line = f"{self.step:<9} {monotonic() - self.started:5.1f} s  {words}"
        print(line, end="\r" if ongoing else "\n", file=sys.__stdout__, flush=True)


def run(as_of: date) -> None:
    """Run every step on the data known at `as_of`.

    Raises:
        ProjectError: Git cannot say which code this is, or a step failed; the sentence is its own.
    """
    from pipelines.training.pipeline import PIPELINE

    source_commit()  # the last step but one asks again: whoever must deepen a clone hears it now
    directory = settings().state / "runs" / str(as_of)
    shutil.rmtree(directory, ignore_errors=True)
    _prepare(directory)
    log = directory / "log.txt"
    with log.open("w") as file:
        progress = Progress(file)
        try:
            with (
                contextlib.redirect_stdout(progress),
                warnings.catch_warnings(action="ignore"),
                _quoted_python(),
            ):
                PIPELINE(as_of=str(as_of))
        except RuntimeError:
            progress.clear()
            crash = f"The step {progress.step} crashed: read the end of {log}."
            raise ProjectError(progress.reason or crash) from None


def _prepare(directory: Path) -> None:
    """Let the runner write below `directory` alone."""
    temporary = directory / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "LOG_FORMAT": "text",  # the runner reads the steps' lines
        "TMPDIR": str(temporary),
        **span.carried(),
    }
    local.init(
        runner=local.SubprocessRunner(use_venv=False),
        pipeline_root=str(directory),
        workspace_root=str(temporary),
    )


@contextlib.contextmanager
def _quoted_python() -> Iterator[None]:
    """Let the runner, which pastes the path of Python into a shell's command, meet it quoted."""
    plain = sys.executable
    sys.executable = shlex.quote(plain)
    try:
        yield
    finally:
        sys.executable = plain
