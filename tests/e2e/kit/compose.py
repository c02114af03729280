"""A project of one machine in its own containers, as compose.yaml describes them."""

import os

from tests.e2e.kit.delivery import ENVIRONMENTS, Delivered

OWNER = "1000:1000"  # whoever runs the tests as root is nobody's example
PROGRAM = ("python", "-m", "slipway")


def compose(project: Delivered, *arguments: str) -> str:
    """Run Docker Compose in the project, as its user does in a shell."""
    return project.run("docker", "compose", *arguments, PWD=str(project.path))


def prepare(project: Delivered) -> Delivered:
    """Build the project's image, train a model in it, and release the model up to prod."""
    if os.geteuid() == 0:
        project.run("chown", "--recursive", OWNER, ".")
    compose(project, "build", "--quiet")
    commands = [("train", "--as-of", "2013-04-01"), ("gate",)]
    commands += [("promote", "--to", environment) for environment in ENVIRONMENTS]
    for command in commands:
        compose(project, "run", "--rm", "--no-TTY", "server", *PROGRAM, *command)
    return project
