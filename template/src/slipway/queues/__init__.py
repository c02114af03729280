"""Fits that wait in a queue of Kueue's, where the project has one and the step is Kubeflow's.

The step stays small: it puts the fit into the queue as a Job, shows the Job's log, and removes it.
A Job that has to make room for a more urgent one goes on later from its checkpoint. What is fitted
is not known here: `programs.py` lists what a Job can run.
"""

import os
from typing import Any

from ..project import model, project

PRIORITIES = ("fix", "after-drift", "by-hand", "trial")  # the most urgent first
TRIAL = PRIORITIES[-1]


def used() -> bool:
    """Tell whether this process is a step of Kubeflow's whose fit has to wait for its turn."""
    return bool(project().queue) and "KFP_POD_NAME" in os.environ


def run(program: str, priority: str, **arguments: Any) -> None:
    """Run a program of `programs.py` as a Job that waits in the queue.

    Raises:
        ProjectError: The Job failed, can never begin, or was removed; or nothing lets it be made.
    """
    from . import follow

    follow.run(program, priority, arguments, model().resources)
