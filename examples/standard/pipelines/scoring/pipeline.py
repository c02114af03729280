"""Which steps a scoring has, and with which resources; nothing else."""

from kfp import dsl

from slipway import project
from slipway.scoring import components
from slipway.training import access


def scoring(day: str, environment: str, release: str, kept: bool) -> None:
    """Score the rows of a day, such as 2024-01-31, with what an environment has released.

    `release` is the content of its release file as JSON; `kept` says whether the environment keeps
    what is answered for the monitor.
    """
    score = components.score(day=day, environment=environment, release=release, kept=kept)
    # What is scored already is recognised; a cached step would hide that it was removed.
    score.set_caching_options(False)
    access.to_small_pod(score)
    access.to_scores(score)
    access.to_registry(score)


PIPELINE = dsl.pipeline(name=f"{project.project().name}-scoring")(scoring)
