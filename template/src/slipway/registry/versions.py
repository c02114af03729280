"""Registered versions and the aliases that point at them."""

import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from .. import bundle
from ..errors import ProjectError
from ..project import project
from . import tracking

DIGESTS = ("manifest_digest", "model_digest")
TRACE = "trace_id"  # the tag


class Version(msgspec.Struct, frozen=True):
    """One registered version and the run that made it; `gate` is passed, refused or "".

    What Kubeflow did not train has no pipeline, and what an older engine trained no trace.
    """

    name: str
    number: int
    run_id: str
    model_digest: str
    manifest_digest: str
    as_of: str
    snapshot: str
    source_commit: str
    gate: str
    pipeline_digest: str
    pipeline_image: str
    trace_id: str = ""


def find(model_digest: str, manifest_digest: str) -> Version | None:
    """Return the version that holds exactly this model, if it is registered."""
    return _search(
        f"tags.model_digest = '{model_digest}' and tags.manifest_digest = '{manifest_digest}'"
    )


def released(title: str, number: int, model_digest: str, manifest_digest: str) -> Version:
    """Return the version that holds exactly a released model, whatever its number is here.

    A number alone says nothing: every registry begins with v1.

    Raises:
        ProjectError: This registry holds no such model, so it is not the one of the release.
    """
    version = find(model_digest, manifest_digest)
    if version is None:
        other = _search(f"version_number = {number}")
        here = "does not know it" if other is None else f"has another model as v{number}"
        raise ProjectError(
            f"{title} (model {model_digest[:12]}) was released from another registry, MLflow at "
            f"{tracking.address()} {here}: set MLFLOW_TRACKING_URI to the one it was released "
            "from, or bring that one's files here."
        )
    return version


def newest() -> Version:
    """Return the version with the highest number.

    Raises:
        ProjectError: The registry is empty.
    """
    version = _search("version_number > 0")
    if version is None:
        raise ProjectError("no model is registered yet: run `make train`.")
    return version


def by_number(number: int) -> Version:
    """Return a version.

    Raises:
        ProjectError: The registry does not hold it.
    """
    version = _search(f"version_number = {number}")
    if version is None:
        raise ProjectError(f"{project().name} v{number} is not in the registry: train it again.")
    return version


def trained(as_of: date, source_commit: str) -> Version | None:
    """Return the newest version that the code of a commit has trained as of a day."""
    return _search(f"tags.as_of = '{as_of}' and tags.git_sha = '{source_commit}'")


def by_alias(alias: str) -> Version | None:
    """Return the version that an alias points at."""
    with tracking.client() as client:
        models = client.search_registered_models(f"name = '{project().name}'")
    number = models[0].aliases.get(alias) if models else None
    return None if number is None else by_number(int(number))


def answered(model_digest: str, manifest_digest: str | None) -> Version:
    """Return the version that answered requests; the newest of its model where no manifest is said.

    Raises:
        ProjectError: This registry holds no such model, so it is not the one of the release.
    """
    if manifest_digest is None:
        version = _search(f"tags.model_digest = '{model_digest}'")
    else:
        version = find(model_digest, manifest_digest)
    if version is None:
        raise ProjectError(
            f"Model {model_digest[:12]} answered the requests but was released from another "
            f"registry, MLflow at {tracking.address()} does not know it: set MLFLOW_TRACKING_URI "
            "to the one it was released from, or bring that one's files here."
        )
    return version


def refusals_in_a_row() -> int:
    """Count the versions that the gate refused since the last one that it passed."""
    passed = _search("tags.gate = 'passed'")
    since = 0 if passed is None else passed.number
    query = f"name = '{project().name}' and tags.gate = 'refused' and version_number > {since}"
    with tracking.client() as client:
        return len(client.search_model_versions(query))


def set_alias(alias: str, number: int) -> None:
    """Point an alias at a version."""
    with tracking.client() as client:
        client.set_registered_model_alias(project().name, alias, str(number))


def remove_alias(alias: str) -> None:
    """Make an alias point at nothing."""
    if by_alias(alias) is not None:
        with tracking.client() as client:
            client.delete_registered_model_alias(project().name, alias)


def fetch(number: int, destination: Path, model_digest: str, manifest_digest: str) -> Path:
    """Bring a version's bundle to the directory `destination`, verified, whole or not at all.

    Raises:
        ProjectError: The registry does not hold it, or holds other bytes than the digests say.
    """
    version = by_number(number)
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=destination.parent, prefix=".") as directory:
            with tracking.client() as client:
                fetched = Path(client.download_artifacts(version.run_id, "bundle", directory))
            bundle.verify(fetched, model_digest, manifest_digest)
            shutil.rmtree(destination, ignore_errors=True)
            fetched.replace(destination)
    except OSError as error:
        raise ProjectError(f"{destination} cannot be written: {error}; try again.") from None
    return destination


def _search(condition: str) -> Version | None:
    query = f"name = '{project().name}' and {condition}"
    with tracking.client() as client:
        found = client.search_model_versions(query, max_results=1, order_by=["version_number DESC"])
    return _version(found[0]) if found else None


def _version(entry: Any) -> Version:
    missing = {"as_of", "git_sha", "snapshot", *DIGESTS} - entry.tags.keys()
    if missing:
        raise ProjectError(
            f"{entry.name} v{entry.version} was not registered by this project, it has no tag "
            f"{', '.join(sorted(missing))}: delete it in MLflow."
        )
    return Version(
        name=entry.name,
        number=int(entry.version),
        run_id=entry.run_id,
        model_digest=entry.tags["model_digest"],
        manifest_digest=entry.tags["manifest_digest"],
        as_of=entry.tags["as_of"],
        snapshot=entry.tags["snapshot"],
        source_commit=entry.tags["git_sha"],
        gate=entry.tags.get("gate", ""),
        pipeline_digest=entry.tags.get("pipeline_digest", ""),
        pipeline_image=entry.tags.get("pipeline_image", ""),
        trace_id=entry.tags.get(TRACE, ""),
    )
