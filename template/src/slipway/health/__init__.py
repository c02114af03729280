"""`slipway health`: the model-health review as one page, filled in from real figures."""

import shutil

from ..demo import stage
from ..errors import ProjectError
from ..files import write_bytes
from ..objectives import objectives
from ..project import project
from ..settings import settings
from . import facts, page

NAME = "health.html"


def main(environment: str, prometheus: str = "", cluster: str = "") -> None:
    """Write the page of an environment, and say where it is and what it lacks.

    `prometheus` and `cluster` name where the cost is known. A project that has released nothing
    itself is shown the copy that its demo was played in, where there is one.

    Raises:
        ProjectError: Nothing was released or watched, here or in a demo.
    """
    path = settings().reports / environment / NAME
    known = facts.gather(environment, prometheus, cluster)
    if known.months or known.running:
        write_bytes(path, page.render(known, objectives()).encode())
        for sentence in known.lacks.values():
            print(f"warning: the page lacks something: {sentence}")
        print(page.summary(known))
    elif (copy := stage.played()) and not prometheus:
        copy.run("health", "--env", environment)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(copy.state / "reports" / environment / NAME, path)
        print(f"{project().name} has released nothing yet: this is the copy that the demo made.")
    else:
        raise ProjectError(
            f"Nothing is released to {environment} and nothing was watched there: train, release, "
            "serve and monitor first, or see it all by `make demo`."
        )
    print(f"report: {path}")
