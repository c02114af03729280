"""Build the project's images and put them into the nodes; a tag names the sources."""

import yaml

from ..project import project
from ..release import image as images
from ..training.code import source_commit
from . import values
from .commands import root, run

MLFLOW = "components/mlflow/kustomization.yaml"


def ensure(cluster: str) -> None:
    """Build and load what the first node lacks.

    Until dev has released something, its workflows run the newest pipeline under another name.
    """
    node = f"{cluster}-control-plane"
    listed = run("docker", "exec", node, "ctr", "--namespace=k8s.io", "images", "list", "--quiet")
    pipeline = images.pipeline_image()
    wanted = {
        "mlflow": (mlflow_image(),),
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


def mlflow_image() -> str:
    """Return the image of MLflow: its tag is in Git, where it is kept is the cluster's matter."""
    (image,) = yaml.safe_load((root() / MLFLOW).read_text("utf-8"))["images"]
    return f"{values.load(values.LOCAL).images.registry}/mlflow:{image['newTag']}"
