"""`slipway dashboards`: what Grafana would show, drawn from the same files without it.

Each `dashboard.json` of a room becomes one page that needs no network.
"""

from datetime import UTC, datetime

from ..errors import ProjectError
from ..files import write_bytes
from ..settings import settings
from . import answers, boards, page

DIRECTORY = "dashboards"


def main(address: str, environment: str, days: int | None) -> None:
    """Ask Prometheus every query, draw a page a dashboard, and say which panels have no data.

    `days` end now; without them each dashboard shows the time that its file names.

    Raises:
        ProjectError: The project has no dashboard, Prometheus does not answer or refuses a query,
            or a page cannot be written.
    """
    found = boards.read()
    if not found:
        raise ProjectError(
            "components/ has no dashboard.json, nothing can be drawn: `copier update --data "
            "monitoring=true` brings some."
        )
    now = datetime.now(UTC)
    for board in found:
        seconds = days * boards.DAY if days else board.seconds
        answered = answers.ask(address, board, environment, now, seconds)
        path = settings().reports / DIRECTORY / f"{board.name}.html"
        write_bytes(path, page.render(board, answered, environment, now, seconds).encode())
        print(f"{board.name}: {summary(answered)}: {path}")


def summary(answered: list[answers.Answered]) -> str:
    """Return how many panels have data, and the names of those that have none."""
    empty = [it.panel.title for it in answered if not it.series]
    said = f"{len(answered) - len(empty)} of {len(answered)} panels have data"
    return said + (f", none have: {', '.join(empty)}" if empty else "")
