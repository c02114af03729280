"""Which steps a training has, in which order, and with which resources; nothing else."""

from kfp import dsl

from slipway import project
from slipway.training import access, components


def training(as_of: str, pipeline_digest: str = "") -> None:
    """Train on what is known when the day `as_of` begins, and register the model.

    `pipeline_digest` is that of this pipeline once it is compiled, for the model's record.
    """
    ingest = components.ingest(as_of=as_of)
    validate = components.validate(as_of=as_of, data=ingest.outputs["data"])
    rows = validate.outputs["rows"]
    train = components.train(rows=rows)
    fitted = train.outputs["fitted"]
    compress = components.compress(rows=rows, fitted=fitted)
    compressed = compress.outputs["compressed"]
    evaluate = components.evaluate(as_of=as_of, rows=rows, fitted=fitted, compressed=compressed)
    register = components.register(
        bundle=evaluate.outputs["bundle"], pipeline_digest=pipeline_digest
    )
    for task in (ingest, validate, train, compress, evaluate, register):
        # A rerun is cheap and gives the same model; a cached step would hide late corrections.
        task.set_caching_options(False)
        task.set_cpu_limit("1").set_memory_limit("2G")
        task.set_cpu_request("100m").set_memory_request("512M")
    wanted = project.model().resources
    train.set_cpu_limit(wanted.cpu).set_memory_limit(wanted.memory)
    evaluate.set_env_variable("SOURCE_COMMIT", components.SOURCE_COMMIT)
    register.set_env_variable("PIPELINE_IMAGE", components.IMAGE)
    access.to_snapshots(ingest)
    access.to_registry(register)


PIPELINE = dsl.pipeline(name=f"{project.project().name}-training")(training)
