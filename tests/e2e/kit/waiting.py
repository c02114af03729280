"""Wait for what comes true by itself: asked again and again until a deadline, never slept for."""

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
PAUSE = 0.5


def until(
    question: Callable[[], Answer | None], seconds: float, explain: str | Callable[[], str]
) -> Answer:
    """Ask until the answer is true, and return it; say why when the time is over."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        if time.monotonic() > deadline:
            why = explain if isinstance(explain, str) else explain()
            raise AssertionError(f"after {seconds:.0f} s: {why}")
        time.sleep(PAUSE)
    return answer
