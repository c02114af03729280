"""What a command is."""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Options = dict[str, dict[str, Any]]


def _nothing(_: Namespace) -> list[str]:
    return []


@dataclass(frozen=True)
class Command:
    """One command; `elsewhere` adds words when it runs against a cluster.

    `anywhere` may run against one, `in_cluster` always does. `traced` is a part of the loop, whose
    time is kept with its trace.
    """

    name: str
    purpose: str
    call: Callable[[Namespace], None]
    options: Options = field(default_factory=dict)
    anywhere: bool = False
    in_cluster: bool = False
    traced: bool = False
    elsewhere: Callable[[Namespace], list[str]] = _nothing
