"""The release file: what it holds, read from the working tree or from a commit."""

from pathlib import Path
from typing import Any

import msgspec
import yaml

from .. import registry
from ..contract.release import Release
from ..errors import ProjectError
from ..settings import settings
from . import git

SEEDED = {"pipeline-digest", "pipeline-image", "serve-image"}
HEADER = "# What this environment runs; written by make promote and make rollback.\n"


def title(release: Release | None) -> str:
    """Name a release in a message."""
    return release.title if release else "nothing"


class _ConfigMap(msgspec.Struct):
    data: Release | None


def location(environment: str) -> str:
    """Return the path of an environment's release file below the project's root."""
    return f"environments/{environment}/release.yaml"


def parse(text: str, where: str) -> Release | None:
    """Read a release file's text; None when nothing is released yet.

    Raises:
        ProjectError: `text` is no YAML, or a key is missing, unknown or malformed.
    """
    try:
        document = yaml.safe_load(text)
        if _is_seed(document):
            return None
        return msgspec.convert(document, _ConfigMap).data
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        reason = " ".join(str(error).split())
        raise ProjectError(f"{where} is damaged: {reason}; restore it from Git.") from None


def _is_seed(document: Any) -> bool:
    """Tell whether a release file names no model yet, at most the images of the project."""
    data = document.get("data") if isinstance(document, dict) else None
    return isinstance(data, dict) and data.keys() <= SEEDED


def image_repository(environment: str) -> str:
    """Return where the images of an environment are kept, without tag; empty when none is named."""
    document = yaml.safe_load(git.committed_text(location(environment)))
    return _repository(str((document.get("data") or {}).get("serve-image", "")))


def _repository(image: str) -> str:
    """Return the name of an image without tag and digest."""
    name = image.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"


def dump(release: Release | None) -> str:
    """Return the text of a release file: a ConfigMap, so that the cluster shows what it runs."""
    return _dump(msgspec.to_builtins(release or {}))


def _dump(data: dict[str, str]) -> str:
    document = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "release"},
        "data": data,
    }
    return HEADER + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=1000)


def unreleased(text: str) -> str:
    """Return the text of a release file that names no model, only where its images are kept."""
    data = (yaml.safe_load(text) or {}).get("data") or {}
    kept = {key: str(data[key]) for key in sorted(SEEDED & data.keys())}
    seed = {
        key: f"{_repository(value)}:unreleased" if key.endswith("-image") and value else ""
        for key, value in kept.items()
    }
    return _dump(seed)


def released(environment: str) -> Release | None:
    """Return what the working tree says that an environment runs.

    Raises:
        ProjectError: The release file is missing or damaged.
    """
    path: Path = settings().project_root / location(environment)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path} cannot be read, restore it from Git: {error}.") from None
    return parse(text, str(path))


def registered(release: Release) -> registry.Version:
    """Return the registry's version of a release, compared by both digests.

    Raises:
        ProjectError: The registry is not the one that it was released from, or cannot be reached.
    """
    number, model, manifest = release.model_version, release.model_digest, release.manifest_digest
    return registry.released(release.title, int(number), model, manifest)


def committed(environment: str) -> Release | None:
    """Return what the newest commit says that an environment runs.

    Raises:
        ProjectError: The release file is not committed, or damaged.
    """
    path = location(environment)
    return parse(git.committed_text(path), path)
