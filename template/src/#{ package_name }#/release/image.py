"""The serving image of a commit, named by what it is made of."""

import hashlib

from ..config import settings
from . import git, record

SOURCES = ("images/serve", "objectives.yaml", "src")


def serve_image(environment: str) -> str:
    """Name the image that serves the newest commit, in the registry that `environment` uses.

    SERVE_IMAGE wins: whoever has pushed the image knows its digest. Else the tag is made of the
    Git trees that the image copies, so equal sources have one name. Empty when no image is named.

    Raises:
        ProjectError: The newest commit lacks the sources or the release file.
    """
    if settings().serve_image:
        return settings().serve_image
    repository = record.image_repository(environment)
    if not repository:
        return ""
    trees = [git.committed_tree(path) for path in SOURCES]
    return f"{repository}:{hashlib.sha256(' '.join(trees).encode()).hexdigest()[:12]}"
