"""Commands about what went wrong."""

from argparse import Namespace

from .command import Command
from .values import day

MONITORING = "components/monitoring"


def post_mortem(asked: Namespace) -> None:
    """Begin the page of an incident."""
    from .. import post_mortem

    post_mortem.main(asked.incident, asked.since, asked.prometheus)


def prometheus(_: Namespace) -> list[str]:
    """Name the Prometheus of a project that has one, as it is called inside the cluster."""
    from ..prometheus import inside
    from ..settings import settings

    if not (settings().project_root / MONITORING).is_dir():
        return []
    return ["--prometheus", inside()]


COMMANDS = (
    Command(
        "post-mortem",
        "begin a post-mortem whose timeline is filled in",
        post_mortem,
        {
            "--incident": {"required": True, "help": "what happened, in a few words"},
            "--since": {"type": day, "help": "day on which it began; default: seven days ago"},
            "--prometheus": {"default": "", "help": "address of one that has watched"},
        },
        anywhere=True,
        elsewhere=prometheus,
    ),
)
