"""Build the project's images and put them into the nodes; a tag names the sources."""

import yaml

from flight_delays.release import image as images

from .commands import ROOT, run


def ensure(cluster: str) -> None:
    """Build and load what the first node lacks."""
    node = f"{cluster}-control-plane"
    listed = run("docker", "exec", node, "ctr", "--namespace=k8s.io", "images", "list", "--quiet")
    wanted = {
        "mlflow": _named_by("platform/mlflow"),
        "pipeline": images.pipeline_image(),
        "serve": images.serve_image("dev"),
    }
    for image, name in wanted.items():
        if name not in listed.split():
            dockerfile = f"images/{image}/Dockerfile"
            run("docker", "build", "--quiet", "--file", dockerfile, "--tag", name, ".")
            run("kind", "load", "docker-image", "--quiet", "--name", cluster, name)


def _named_by(directory: str) -> str:
    """Return the image of ours that a kustomization names."""
    text = (ROOT / directory / "kustomization.yaml").read_text("utf-8")
    image = yaml.safe_load(text)["images"][0]
    return f"{image['newName']}:{image['newTag']}"
