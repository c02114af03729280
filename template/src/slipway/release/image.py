"""The images of a commit, named by what they are made of."""

import hashlib
import re
from pathlib import Path

from ..errors import ProjectError
from ..files import write_results
from ..project import project
from ..settings import settings
from . import git, record

CONTENTS = {
    "pipeline": ("images/pipeline", "objectives.yaml", "pipelines", "pyproject.toml", "src"),
    "serve": ("images/serve", "objectives.yaml", "pyproject.toml", "src"),
}
WHERE_THERE = {"pipeline": ("requirements/network.txt",), "serve": ()}  # in some projects
PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"  # of a path, as registries allow it
IMAGE = re.compile(
    rf"(?:[A-Za-z0-9.-]+(?::\d{{1,5}})?/)?{PART}(?:/{PART})*"
    r"(?=[:@])(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?",
    re.ASCII,
)


def main(result: Path | None = None) -> None:
    """Print the names of the newest commit's images and the commit of their code.

    `result` is the directory for `pipeline`, `serve` and `source-commit`.

    Raises:
        ProjectError: The newest commit lacks the sources or the release file.
    """
    from ..training.code import source_commit

    names = {"pipeline": pipeline_image(), "serve": serve_image(project().first)}
    names["source-commit"] = source_commit()
    for name, text in names.items():
        print(f"{name:<13} {text}")
    if result is not None:
        write_results(result, names)


def serve_image(environment: str) -> str:
    """Name the image that serves the newest commit, in the registry that `environment` uses.

    SERVE_IMAGE wins: whoever has pushed the image knows its digest. Else the tag is made of the
    Git trees that the image copies, so equal sources have one name. Empty when none is built.

    Raises:
        ProjectError: SERVE_IMAGE names no image, or the newest commit lacks the sources or the
            release file.
    """
    if settings().serve_image:
        return _named("SERVE_IMAGE", settings().serve_image)
    repository = _repository(environment)
    return f"{repository}:{_tag('serve')}" if repository else ""


def pipeline_image() -> str:
    """Name the image in which the steps of the newest commit run; PIPELINE_IMAGE wins.

    Empty when none is built.

    Raises:
        ProjectError: PIPELINE_IMAGE names no image, or the newest commit lacks the sources.
    """
    if settings().pipeline_image:
        return _named("PIPELINE_IMAGE", settings().pipeline_image)
    home, _, _ = _repository(project().first).rpartition("/")
    return f"{home}/pipeline:{_tag('pipeline')}" if home else ""


def _named(variable: str, image: str) -> str:
    """Return an image that somebody has typed, if nodes can pull it under that name."""
    if not IMAGE.fullmatch(image):
        raise ProjectError(
            f"{variable} is {image!r}, which names no image: write NAME:TAG, or NAME@sha256: and "
            "the 64 digits that the push has printed."
        )
    return image


def _repository(environment: str) -> str:
    """Return where the image that serves is kept: as the release file says, or pyproject.toml.

    Empty in a project that builds no images for a cluster.
    """
    if not (settings().project_root / "images").is_dir():
        return ""
    return record.image_repository(environment) or f"{project().images}/serve"


def _tag(image: str) -> str:
    more = (path for path in WHERE_THERE[image] if (settings().project_root / path).exists())
    trees = [git.committed_tree(path) for path in (*CONTENTS[image], *more)]
    return hashlib.sha256(" ".join(trees).encode()).hexdigest()[:12]
