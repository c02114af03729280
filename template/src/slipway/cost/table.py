"""The cost as a table for a terminal: by purpose, in all, what spot saved, and of each training."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ..clusters.prices import Prices
from .usage import Hours, Purpose, Usage

WHATS = ("serving", "training", "tuning", "scoring", "workflow", "platform")
TRAINING = "training"
NONE = "-"
SMALL = 100  # below it, cents are too coarse


class Row(NamedTuple):
    """What was reserved for one thing, and its price."""

    what: str
    model: str
    environment: str
    capacity: str
    hours: Hours
    price: float


def rows(usage: Usage, prices: Prices, made: Mapping[str, int]) -> list[Row]:
    """Return a row for each thing, the dearest first; `made` has the version of a run."""
    sums: dict[tuple[str, str, str, str], Hours] = defaultdict(Hours)
    for purpose, hours in usage.items():
        key = purpose.what, _model(purpose, made), purpose.environment or NONE, purpose.capacity
        sums[key] = Hours(*(a + b for a, b in zip(sums[key], hours, strict=True)))
    listed = [
        Row(*key, hours, hours.cost(prices.rates(key[3])))
        for key, hours in sums.items()
        if any(hours)
    ]
    return sorted(listed, key=lambda row: (_place(row.what), -row.price, row[:4]))


def _place(what: str) -> int:
    return WHATS.index(what) if what in WHATS else len(WHATS)


def _model(purpose: Purpose, made: Mapping[str, int]) -> str:
    version = purpose.version or made.get(purpose.run, "")
    return f"v{version}" if version else NONE


def text(listed: list[Row], currency: str) -> str:
    """Return the rows as a table, with a last line for all of them."""
    total = sum(row.price for row in listed)
    lines: list[tuple[str, ...]] = [
        ("what", "model", "environment", "capacity", "CPU h", "GiB h", "GPU h", currency)
    ]
    for row in listed:
        figures = (_number(value, total) for value in (*row.hours, row.price))
        lines.append((*row[:4], *figures))
    lines.append(("total", "", "", "", "", "", "", _number(total, total)))
    return _aligned(lines, left=4)


def saved(listed: list[Row], prices: Prices) -> str:
    """Say what spot saved."""
    spot = [row for row in listed if row.capacity == "spot"]
    otherwise = sum(row.hours.cost(prices.on_demand) for row in spot)
    if not otherwise:
        return "Nothing ran on spot."
    less = otherwise - sum(row.price for row in spot)
    return (
        f"Spot saved {_number(less, otherwise)} of the {_number(otherwise, otherwise)} that the "
        f"same costs on demand ({less / otherwise:.0%})."
    )


def idle(listed: list[Row], prices: Prices, share: float) -> str:
    """Say which share of the price of GPUs was for nothing."""
    paid = sum(row.hours.gpu * prices.rates(row.capacity).gpu_hour for row in listed)
    return (
        f"GPUs did nothing {share:.0%} of the time, which is {_number(share * paid, paid)} of the "
        f"{_number(paid, paid)} that they cost."
    )


def trainings(usage: Usage, prices: Prices, made: Mapping[str, int]) -> str:
    """Return what each version's training cost, its reruns included; nothing without a training."""
    costs: dict[int, list[float]] = defaultdict(list)
    for run, price in _runs(usage, prices).items():
        costs[made.get(run, 0)].append(price)
    if not costs:
        return ""
    total = sum(map(sum, costs.values()))
    lines = [("trained", "runs", prices.currency)]
    for version in sorted(costs, key=lambda number: number or float("inf")):
        name = f"v{version}" if version else "no version"
        spent = costs[version]
        lines.append((name, str(len(spent)), _number(sum(spent), total)))
    return _aligned(lines, left=1)


def _runs(usage: Usage, prices: Prices) -> Mapping[str, float]:
    costs: dict[str, float] = defaultdict(float)
    for purpose, hours in usage.items():
        if purpose.what == TRAINING and any(hours):
            costs[purpose.run] += hours.cost(prices.rates(purpose.capacity))
    return costs


def _number(value: float, of: float) -> str:
    return f"{value:,.2f}" if of >= SMALL else f"{value:,.4f}"


def _aligned(lines: Sequence[tuple[str, ...]], left: int) -> str:
    """Return lines as columns, the first ones of which are texts."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(_cells(line, widths, left)).rstrip() for line in lines)


def _cells(line: tuple[str, ...], widths: list[int], left: int) -> Iterable[str]:
    for place, (cell, width) in enumerate(zip(line, widths, strict=True)):
        yield f"{cell:<{width}}" if place < left else f"{cell:>{width}}"
