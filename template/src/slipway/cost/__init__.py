"""`slipway cost`: what a model costs, from what its pods reserved and one list of prices.

A pod costs what it reserves, for as long as it lives, times the price of an hour of it. Prometheus
has the first two, `clusters/<name>/values.yaml` the third, and the model registry says which
version came of a training.
"""

from datetime import UTC, datetime, timedelta

from .. import registry
from ..clusters import values
from ..clusters.prices import Prices
from ..errors import ProjectError
from ..project import project
from ..prometheus import retention
from . import table, usage
from .window import MINUTE, Window, window

YOUNG = timedelta(minutes=5)  # a gap at the beginning that changes nothing


def main(days: int | None, month: str | None, address: str, cluster: str) -> None:
    """Print the lines."""
    for line in lines(days, month, address, cluster):
        print(line)


def lines(days: int | None, month: str | None, address: str, cluster: str) -> list[str]:
    """Return what the pods of this project cost in a month, or in the days before now.

    `address` is that of the cluster's Prometheus.

    Raises:
        ProjectError: The cluster has no prices, the window is wrong, Prometheus does not answer, or
            knows no pod of that time.
    """
    prices = _prices(cluster)
    asked = window(days, month, datetime.now(UTC))
    found = usage.measure(address, asked)
    keeps = retention(address)
    if not any(any(hours) for hours in found.values()):
        raise ProjectError(
            f"Prometheus in {cluster} knows no pod of {project().name} from {asked}: it keeps "
            f"{keeps}, and counts since the component monitoring/cost runs there."
        )
    made, told = _made(found)
    listed = table.rows(found, prices, made)
    head = f"{project().name} in {cluster}, {asked}\nprices of {prices.date}: {prices.source}"
    trained = table.trainings(found, prices, made)
    tables = (f"{text}\n" for text in (head, table.text(listed, prices.currency), trained) if text)
    notes = (_idle(address, asked, listed, prices), told, _gap(address, asked, keeps))
    return [*tables, table.saved(listed, prices), *filter(None, notes)]


def _prices(cluster: str) -> Prices:
    prices = values.load(cluster).prices
    if prices is None:
        raise ProjectError(
            f"{values.location(cluster)} has no prices: add them, as docs/how-to/know-the-cost.md "
            "shows."
        )
    return prices


def _made(found: usage.Usage) -> tuple[dict[str, int], str]:
    """Return which version came of which run, and what to say if nobody knows."""
    if not any(purpose.run for purpose in found):
        return {}, ""
    try:
        return registry.made_by_pipelines(), ""
    except ProjectError as error:
        return {}, f"Trainings have no version here: {error}"


def _idle(address: str, asked: Window, listed: list[table.Row], prices: Prices) -> str:
    share = usage.idle_share(address, asked) if any(row.hours.gpu for row in listed) else None
    return "" if share is None else table.idle(listed, prices, share)


def _gap(address: str, asked: Window, keeps: str) -> str:
    since = usage.counted_since(address, asked)
    if since is None or since - asked.start < YOUNG:
        return ""
    return (
        f"Of pods that had ended by {since:{MINUTE}} UTC nothing is known: Prometheus keeps "
        f"{keeps}, and counts since then."
    )
