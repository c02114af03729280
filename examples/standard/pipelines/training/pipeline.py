"""Which steps a training has, in which order, and with which resources; nothing else."""

from kfp import dsl

from slipway import project
from slipway.training import access, components


def training(as_of: str, pipeline_digest: str = "", priority: str = "by-hand") -> None:
    """Train on what is known when the day `as_of` begins, and register the model.

    `pipeline_digest` is that of this pipeline once it is compiled, for the model's record;
    `priority` is that of the fit where trainings wait in a queue.
    """
    ingest = components.ingest(as_of=as_of)
    validate = components.validate(as_of=as_of, data=ingest.outputs["data"])
    rows = validate.outputs["rows"]
    train = components.train(rows=rows, priority=priority)
    fitted = train.outputs["fitted"]
    compress = components.compress(rows=rows, fitted=fitted)
    compressed = compress.outputs["compressed"]
    evaluate = components.evaluate(as_of=as_of, rows=rows, fitted=fitted, compressed=compressed)
    register = components.register(
        bundle=evaluate.outputs["bundle"],
        pipeline_digest=pipeline_digest,
        run=dsl.PIPELINE_JOB_ID_PLACEHOLDER,
    )
    for task in (ingest, validate, train, compress, evaluate, register):
        # A rerun is cheap and gives the same model; a cached step would hide late corrections.
        task.set_caching_options(False)
        access.to_small_pod(task)
    access.to_resources(train, project.model().resources)
    evaluate.set_env_variable("SOURCE_COMMIT", components.SOURCE_COMMIT)
    register.set_env_variable("PIPELINE_IMAGE", components.IMAGE)
    access.to_snapshots(ingest)
    access.to_checkpoints(train)
    access.to_registry(train)
    access.to_registry(register)


PIPELINE = dsl.pipeline(name=f"{project.project().name}-training")(training)
