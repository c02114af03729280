"""Which steps a search for parameters has, how many side by side, and with which resources."""

from kfp import dsl

from slipway import project
from slipway.settings import settings
from slipway.training import access
from slipway.training import components as training
from slipway.tune import components


def tuning(as_of: str, trials: int) -> None:
    """Try parameters on what is known when the day `as_of` begins, until there are `trials`."""
    ingest = training.ingest(as_of=as_of)
    validate = training.validate(as_of=as_of, data=ingest.outputs["data"])
    rows = validate.outputs["rows"]
    run = dsl.PIPELINE_JOB_ID_PLACEHOLDER
    begin = components.begin(as_of=as_of, trials=trials, run=run, rows=rows)
    with dsl.ParallelFor(begin.output, parallelism=settings().parallel_trials) as number:
        trial = components.trial(as_of=as_of, number=number, rows=rows)
    for task in (ingest, validate, begin, trial):
        # What has ended is in MLflow; a cached step would hide late corrections.
        task.set_caching_options(False)
        access.to_small_pod(task)
    for task in (begin, trial):
        access.to_registry(task)
    wanted = project.model().resources
    begin.set_cpu_limit(wanted.cpu).set_memory_limit(wanted.memory)
    access.to_resources(trial, wanted)
    access.to_artifacts(trial)
    access.to_snapshots(ingest)


PIPELINE = dsl.pipeline(name=f"{project.project().name}-tuning")(tuning)
