"""A whole loop of a project: from its first training to the one that its monitor asks for."""

import json
import time
from typing import Any, NamedTuple

from tests.e2e.kit.clients import Client
from tests.e2e.kit.delivery import ENVIRONMENTS, Delivered, Measured
from tests.e2e.kit.workflows import run

TRAINED, SCORED, WATCHED = "2013-04-03", "2013-05-02", "2013-07"


class Loop(NamedTuple):
    """What the stages of a loop have printed or left; prod runs the model of the first training."""

    trained: str
    judged: str
    answers: list[dict[str, Any]]  # of prod, each with the digest of its model, 12 characters
    scored: str
    watched: dict[str, Any]  # the workflow that watches, trains, judges and releases to dev


def go_round(project: Delivered, measured: Measured) -> Loop:
    """Train, release everywhere, score a day, and watch a month of prod that is bad enough."""
    started = time.monotonic()
    trained = project.make("train", f"AS_OF={TRAINED}")
    judged = project.make("gate")
    for target in ENVIRONMENTS:
        project.make("promote", f"TO={target}")
    project.push()
    project.settle(600)
    answers = Client(project, "prod", rate=50, least=50).result().answers
    scored = project.make("score", f"DAY={SCORED}")
    project.make("replay", f"MONTH={WATCHED}", "ENV=prod")
    watched = run(project, "loop", env="prod", month=WATCHED)
    measured("a whole loop of the second project, beside the first", time.monotonic() - started)
    return Loop(trained, judged, [parsed(answer) for answer in answers], scored, watched)


def parsed(answer: str) -> dict[str, Any]:
    """Return what a client has noted of an answer: the prediction, and the model's digest."""
    digest, _, prediction = answer.partition(" ")
    noted: dict[str, Any] = json.loads(prediction) | {"digest": digest}
    return noted
