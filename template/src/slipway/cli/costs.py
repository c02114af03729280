"""The command that says what a model costs."""

from argparse import Namespace

from ..errors import ProjectError
from .command import Command
from .values import count

ROOM = "components/monitoring/cost"


def cost(asked: Namespace) -> None:
    """Print the table of a cluster."""
    from .. import cost

    if not asked.prometheus:
        raise ProjectError(
            "What pods reserve is known in a cluster alone: name one by WHERE, such as "
            "`make cost WHERE=kind`."
        )
    cost.main(asked.days, asked.month, asked.prometheus, asked.cluster)


def prometheus(asked: Namespace) -> list[str]:
    """Name the cluster, and its Prometheus as it is called inside.

    Raises:
        ProjectError: This project has none.
    """
    from ..prometheus import inside

    if not counted():
        raise ProjectError(
            f"{ROOM} is missing, nothing counts what pods reserve: "
            "`copier update --data monitoring=true` brings it."
        )
    return ["--cluster", asked.where, "--prometheus", inside()]


def counted() -> bool:
    """Tell whether this project has what counts reservations."""
    from ..settings import settings

    return (settings().project_root / ROOM).is_dir()


COMMANDS = (
    Command(
        "cost",
        "what training, serving and the rest cost in a cluster",
        cost,
        {
            "--days": {"type": count, "help": "that end now; default: 7"},
            "--month": {"help": "as 2013-04, instead of days"},
            "--prometheus": {"help": "where it is; by default the one of the cluster"},
            "--cluster": {"default": "", "help": "whose prices: a directory in clusters/"},
        },
        anywhere=True,
        elsewhere=prometheus,
    ),
)
