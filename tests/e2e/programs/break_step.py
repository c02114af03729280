"""Runs in a pod, beside a step: stop the step's process, lest it end, and do a fault to it.

Argument: `kill`, or `exhaust`, which takes memory until the kernel kills the step for it.
"""

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

held: list[bytes] = []


def steps() -> list[int]:
    """Return the processes of Python besides this one."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended
            program = (directory / "cmdline").read_bytes().split(b"\0")[0]
            if b"python" in program and int(directory.name) != os.getpid():
                found.append(int(directory.name))
    return found


def exhaust(step: int) -> None:
    """Take memory until the step is gone."""
    # the kernel prefers the process with the highest score: the step, not one of these
    Path(f"/proc/{step}/oom_score_adj").write_text("1000")
    while Path(f"/proc/{step}").exists():
        if os.fork() == 0:
            held.append(b"x" * 20_000_000)
            time.sleep(10)
            os._exit(0)


while not (found := steps()):
    time.sleep(0.1)
os.kill(found[-1], signal.SIGSTOP)
if sys.argv[1] == "kill":
    os.kill(found[-1], signal.SIGKILL)
else:
    exhaust(found[-1])
