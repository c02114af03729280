"""Run the training in a cluster through Kubeflow."""

import hashlib
import os
import tempfile
from datetime import date
from pathlib import Path

from .. import kubeflow, registry
from ..errors import ProjectError
from ..project import project
from ..release.image import pipeline_image
from ..settings import settings
from .code import source_commit

STEPS = ("ingest", "validate", "train", "compress", "evaluate", "register")
EXPERIMENT = "training"


def run(as_of: date) -> None:
    """Run every step in a pod of its own on the data known at `as_of`, and wait for the end.

    Prints the version that holds the model: a new one, or the one that the same training made
    before. A run of the same pipeline and day that is under way already is waited for instead.

    Raises:
        ProjectError: Kubeflow cannot be reached, or a step failed; the sentence says where to look.
    """
    kubeflow.address()  # whoever names no cluster hears it before anything is compiled
    package = settings().pipeline_package or _compiled()
    digest = _verified(package)
    name = f"as of {as_of}, pipeline {digest[:12]}"
    arguments = {"as_of": str(as_of), "pipeline_digest": digest}
    if project().queue:
        arguments["priority"] = settings().training_priority
    kubeflow.run(package, name, arguments, EXPERIMENT, STEPS)
    version = registry.trained(as_of, settings().source_commit)
    if version is not None:
        print(f"{version.name} v{version.number}, model {version.model_digest[:12]}")


def _compiled() -> Path:
    """Compile for the newest commit and its image; the components read both when imported."""
    os.environ |= {"PIPELINE_IMAGE": pipeline_image(), "SOURCE_COMMIT": source_commit()}
    settings.cache_clear()
    from . import manifests

    package, *_ = manifests.write(Path(tempfile.mkdtemp()))
    return package


def _verified(package: Path) -> str:
    """Return the digest of a package; PIPELINE_DIGEST says which one a release expects."""
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    expected = settings().pipeline_digest
    if expected not in ("", digest):
        raise ProjectError(
            f"This image holds the pipeline {digest[:12]}, the release names {expected[:12]}: "
            "train with the image that the release names."
        )
    return digest
