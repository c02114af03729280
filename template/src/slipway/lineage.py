"""The walk from what an environment serves back to the code and the data that made it."""

import msgspec

from . import bundle, registry, release, repository
from .contract.release import Release
from .contract.snapshot import SnapshotId
from .errors import ProjectError
from .release import git, record


class Step(msgspec.Struct, frozen=True):
    """One link of the walk, and how to look at it."""

    what: str
    value: str
    look: str


def main(environment: str, cluster: str) -> None:
    """Print the walk for what `environment` has released, each link held against the next.

    The commands shown ask `cluster`, if it is not "".

    Raises:
        ProjectError: Nothing is released there, or a link is missing or does not fit.
    """
    where = f" WHERE={cluster}" if cluster else ""
    for step in walk(environment):
        print(f"{step.what:<12} {step.value}")
        print(f"{'':<12}   {step.look}{where if step.look.startswith('make ') else ''}")


def walk(environment: str) -> list[Step]:
    """Return the links from a served prediction to code and data.

    The model is fetched and verified, so the digests are facts and not only claims.

    Raises:
        ProjectError: Nothing is released there, or a link is missing or does not fit.
    """
    released, directory = release.fetch(environment)
    version = record.registered(released)
    manifest = bundle.read_manifest(directory)
    return [
        Step(
            "prediction",
            f"model {released.model_digest}",
            "each captured row has `digest of the model`",
        ),
        _commit_step(environment, released),
        *_model_steps(released, version),
        _data_step(manifest.snapshot),
        Step(
            "training",
            f"rows of {manifest.training.start} to {manifest.training.end}, as of {manifest.as_of}",
            f"make train AS_OF={manifest.as_of}",
        ),
        code_step(manifest.source_commit),
    ]


def _commit_step(environment: str, released: Release) -> Step:
    if record.committed(environment) != released:
        path = record.location(environment)
        raise ProjectError(f"What {path} says is not committed: commit or restore it, try again.")
    newest = git.changes(record.location(environment))[-1]
    commit = newest.commit[:12]
    return Step("release", f"{commit} {newest.subject}", f"git show {commit}")


def _model_steps(released: Release, version: registry.Version) -> list[Step]:
    manifest = released.manifest_digest
    return [
        Step("model", f"{released.model_uri}, manifest {manifest}", "MLflow, Models"),
        Step("run", version.run_id, f"MLflow, Experiments; gate: {released.gate_report}"),
        Step(
            "pipeline",
            released.pipeline_digest or "not compiled, the steps ran on one machine",
            f"training.yaml in /app/build of {released.pipeline_image or 'no image'}",
        ),
        *trace_step(version.trace_id),
    ]


def trace_step(trace: str) -> list[Step]:
    """Return the link to the training's own time and lines, if its trace is known."""
    return [Step("trace", trace, f"make trace ID={trace}")] if trace else []


def _data_step(snapshot: SnapshotId) -> Step:
    return Step(
        "snapshot",
        f"{snapshot.digest} ({snapshot.rows:,} rows)",
        f"{snapshot.backend} store, address {snapshot.address}",
    )


def code_step(commit: str) -> Step:
    """Return the link to the code, by a command that works here where there is one."""
    if not commit:
        return Step("code", "not recorded", "the training ran outside a commit")
    base = commit.removesuffix(repository.CHANGED)
    if not repository.has(base):
        return Step("code", commit, "not a commit of this clone: try `git fetch`")
    look = f"git show {base}"
    return Step("code", commit, look if commit == base else f"{look} # the rest was not committed")
