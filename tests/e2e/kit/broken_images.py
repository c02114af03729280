"""Serving images with a planted defect, in the nodes of the cluster."""

from pathlib import Path

from offline import cluster, engine

PLANTED = Path(__file__).parents[1] / "planted" / "serving"  # each defect a file


def build(image: str, defect: str) -> str:
    """Build the serving image with a defect in the server alone; return its name."""
    name = f"{image.rpartition(':')[0]}:{defect.replace('_', '-')}-1"
    arguments = (f"--build-arg=IMAGE={image}", f"--build-arg=DEFECT={defect}")
    engine.docker("build", "--quiet", "--tag", name, *arguments, PLANTED)
    return name


def load(made: cluster.Cluster, *images: str) -> None:
    """Put images into the nodes."""
    cluster.kind("load", "docker-image", "--quiet", "--name", made.name, *images)
