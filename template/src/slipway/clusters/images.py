"""Build the project's images and put them into the nodes; a tag names the sources."""

import yaml

from ..project import project
from ..release import image as images
from ..training.code import source_commit
from .commands import root, run


def ensure(cluster: str) -> None:
    """Build and load what the first node lacks.

    Until dev has released something, its workflows run the newest pipeline under another name.
    """
    node = f"{cluster}-control-plane"
    listed = run("docker", "exec", node, "ctr", "--namespace=k8s.io", "images", "list", "--quiet")
    pipeline = images.pipeline_image()
    wanted = {
        "mlflow": (_named_by("components/mlflow"),),
        "pipeline": (pipeline, f"{pipeline.rpartition(':')[0]}:unreleased"),
        "serve": (images.serve_image(project().first),),
    }
    missing = {image: names for image, names in wanted.items() if names[0] not in listed.split()}
    for image, names in missing.items():
        _build(image, names)
    if missing:
        every = [name for names in missing.values() for name in names]
        run("kind", "load", "docker-image", "--quiet", "--name", cluster, *every)


def _build(image: str, names: tuple[str, ...]) -> None:
    """Build an image; the pipeline is told who it is, to be compiled into it."""
    told = {"PIPELINE_IMAGE": names[0], "SOURCE_COMMIT": source_commit()}
    arguments = [f"--build-arg={name}={value}" for name, value in told.items()]
    arguments = arguments if image == "pipeline" else []
    tags = [f"--tag={name}" for name in names]
    file = f"--file=images/{image}/Dockerfile"
    run("docker", "build", "--quiet", file, *tags, *arguments, ".")


def _named_by(directory: str) -> str:
    """Return the image of ours that a kustomization names."""
    text = (root() / directory / "kustomization.yaml").read_text("utf-8")
    image = yaml.safe_load(text)["images"][0]
    return f"{image['newName']}:{image['newTag']}"
