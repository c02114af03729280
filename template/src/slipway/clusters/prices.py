"""What an hour of what a pod reserves costs in a cluster."""

import math
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from .document import Part
from .forms import Text, written


def _amount(number: Any) -> Any:
    """Refuse what is no amount of money."""
    if isinstance(number, bool) or not isinstance(number, float | int):
        raise ValueError(f"{number!r} is not right; write a number without quotes, such as 0.04")
    if not 0 <= number < math.inf:
        raise ValueError(f"{number!r} is not right; write an amount, 0 or more")
    return float(number)


def _past(text: str) -> str:
    """Refuse what is no day, or one that nobody has seen yet."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not right; write a day such as 2026-01-31") from None
    if day > datetime.now(UTC).date() + timedelta(days=1):  # it is tomorrow somewhere already
        raise ValueError(f"{text} is in the future; write the day on which the source was read")
    return text


Amount = Annotated[float, BeforeValidator(_amount)]


class Rates(Part):
    """Money for an hour of a core, a GiB of memory and a GPU."""

    cpu_hour: Amount
    memory_gib_hour: Amount
    gpu_hour: Amount


class Prices(Part):
    """One list of prices, where it comes from, and the day on which somebody read it."""

    currency: Annotated[str, written(r"[A-Z]{3}", "three capitals such as USD")]
    date: Annotated[str, written(r"\d{4}-\d\d-\d\d", "a day"), AfterValidator(_past)]
    source: Text
    on_demand: Rates
    spot: Rates

    def rates(self, capacity: str) -> Rates:
        """Return what a kind of capacity costs: `spot`, or any other, which is on demand."""
        return self.spot if capacity == "spot" else self.on_demand
