"""Projects for the tests: rendered, with their tools, and released for the first time."""

import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from offline import cluster, machine
from tests.e2e.kit.delivery import ENVIRONMENTS, Delivered
from tests.kit import versions
from tests.kit.project import answers_of, working_tree

SCENARIO = Path(__file__).parents[2] / "scenarios" / "standard.yml"


def render(directory: Path, made: cluster.Cluster, **answers: str | bool) -> Delivered:
    """Make a project of version v1.0.0 of the template; it has no tools yet."""
    project = Delivered(directory, str(answers.get("project_name", "flight-delays")), made)
    working_tree(project.template)
    versions.release(project.template, "v1.0.0")
    directory.mkdir()
    versions.git(directory, "init", "--quiet", "--initial-branch=main")
    for key, value in {"user.name": "Ada", "user.email": "ada@example.com"}.items():
        versions.git(directory, "config", key, value)
    versions.start(project.template, "v1.0.0", directory, answers_of(SCENARIO) | answers)
    return project


def set_up(project: Delivered) -> Delivered:
    """Install the tools of a project, beside whatever else runs."""
    machine.run("make", "setup", cwd=project.path)
    return project


class Arrival(NamedTuple):
    """A project that was delivered, what `make up` printed, and how long it took."""

    project: Delivered
    printed: str
    seconds: float


def deliver(drafted: Future[Delivered]) -> Arrival:
    """Deliver the first project of a cluster as soon as it has its tools."""
    project = drafted.result()
    started = time.monotonic()
    with kept_free(project.made):
        printed = project.up()
    return Arrival(project, printed, time.monotonic() - started)


def bring(project: Delivered) -> Delivered:
    """Deliver one more project into a cluster, and return it."""
    project.up()
    return project


@contextmanager
def kept_free(made: cluster.Cluster) -> Iterator[None]:
    """Let nothing new run on the worker, so that draining it later takes no store away."""
    made.kubectl("cordon", f"{made.name}-worker")
    yield
    made.kubectl("uncordon", f"{made.name}-worker")


def release_everywhere(project: Delivered) -> Delivered:
    """Train the first model of a delivered project and release it up to prod."""
    project.train("2013-04-01")
    project.make("gate")
    for target in ENVIRONMENTS:
        project.make("promote", f"TO={target}")
    project.push()
    project.settle(300)
    return project
