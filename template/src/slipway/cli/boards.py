"""The command that draws the dashboards."""

from argparse import Namespace

from ..errors import ProjectError
from . import incidents
from .command import Command
from .values import count, environment


def dashboards(asked: Namespace) -> None:
    """Draw them."""
    from .. import dashboards
    from ..project import project

    if not asked.prometheus:
        raise ProjectError(
            "Dashboards show what Prometheus knows: name a cluster by WHERE, such as `make "
            "dashboards WHERE=kind`, or the address of a Prometheus by --prometheus."
        )
    dashboards.main(asked.prometheus, asked.env or project().last, asked.days)


def prometheus(asked: Namespace) -> list[str]:
    """Name the Prometheus of the cluster, as it is called inside.

    Raises:
        ProjectError: This project has none.
    """
    words = incidents.prometheus(asked)
    if not words:
        raise ProjectError(
            f"{incidents.MONITORING} is missing, no Prometheus has watched: `copier update --data "
            "monitoring=true` brings it."
        )
    return words


COMMANDS = (
    Command(
        "dashboards",
        "draw the dashboards without Grafana",
        dashboards,
        {
            "--env": {"type": environment, "help": "default: the last"},
            "--days": {"type": count, "help": "that end now; default: as each dashboard says"},
            "--prometheus": {"default": "", "help": "where it is; by default the cluster's"},
        },
        anywhere=True,
        elsewhere=prometheus,
    ),
)
