"""A line of the table."""

from dataclasses import dataclass

OPEN, READY, STAYS, LOOK = "open", "ready", "may stay", "look"


@dataclass(frozen=True)
class Row:
    """What was checked, how it stands, where, and what to do about it."""

    state: str
    what: str
    where: str
    do: str
