"""Serve what an environment has released: fetch, verify, then become the model server."""

import os
import sys
from pathlib import Path

from .. import bundle, registry
from ..command import outside_hooks
from ..contract.release import Release
from ..errors import ProjectError
from ..settings import settings
from . import record

SERVER = "slipway.serve"


def required(environment: str) -> Release:
    """Return what `environment` has released.

    Raises:
        ProjectError: Nothing is released there.
    """
    release = record.released(environment)
    if release is None:
        raise ProjectError(
            f"{environment} has released nothing yet: run `make promote TO={environment}` first."
        )
    return release


def fetch(environment: str) -> tuple[Release, Path]:
    """Return what `environment` has released and the directory of its verified model.

    Raises:
        ProjectError: Nothing is released there, or the model cannot be had intact.
    """
    release = required(environment)
    return release, bring(release)


def bring(release: Release) -> Path:
    """Return the directory of the verified model of a release.

    The registry is asked only when the model is not here already.

    Raises:
        ProjectError: The model cannot be had intact.
    """
    directory = settings().state / "serving" / release.model_digest
    try:
        bundle.verify(directory, release.model_digest, release.manifest_digest)
    except ProjectError:
        number = record.registered(release).number
        registry.fetch(number, directory, release.model_digest, release.manifest_digest)
    return directory


def serve(environment: str, port: int) -> None:
    """Replace this process by the model server of what `environment` has released.

    Raises:
        ProjectError: Nothing is released there, or the model cannot be had intact.
    """
    release, directory = fetch(environment)
    variables = {
        "ENVIRONMENT": environment,
        "MODEL_DIR": str(directory),
        "MODEL_DIGEST": release.model_digest,
        "MANIFEST_DIGEST": release.manifest_digest,
        "MODEL_VERSION": release.model_version,
        "CAPTURE_STORE": f"{settings().captures}/{environment}",
        "PORT": str(port),
    }
    arguments = [sys.executable, "-m", SERVER]
    os.execve(sys.executable, arguments, outside_hooks(os.environ | variables))  # noqa: S606
