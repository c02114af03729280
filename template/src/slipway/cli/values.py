"""Words of the command line as values."""

import re
from datetime import date, timedelta

from ..errors import ProjectError

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)  # Python reads weeks, such as 2024-W05, too
UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def environment(text: str) -> str:
    """Return the name of an environment.

    Raises:
        ProjectError: The project has no such environment.
    """
    from ..project import project

    known = project().environments
    if not text:
        raise ProjectError(f"The environment is missing: choose one of {', '.join(known)}.")
    if text not in known:
        raise ProjectError(f"There is no environment {text!r}: choose one of {', '.join(known)}.")
    return text


def day(text: str) -> date:
    """Return a day that is written as 2024-01-31.

    Raises:
        ProjectError: It is written otherwise, or the calendar has no such day.
    """
    try:
        if DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ProjectError(f"{text!r} is no day: write it as 2024-01-31.")


def delay(text: str) -> timedelta:
    """Return a duration that is written as 5d, 12h or 2w.

    Raises:
        ProjectError: It is written otherwise.
    """
    match = re.fullmatch(r"([0-9]{1,4})([hdw])", text)
    if not match:
        raise ProjectError(f"{text!r} is no delay: write it as 5d, 12h or 2w.")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


def count(text: str) -> int:
    """Return a whole number from 1 on.

    Raises:
        ProjectError: It is none.
    """
    if re.fullmatch(r"[1-9][0-9]{0,3}", text):
        return int(text)
    raise ProjectError(f"{text!r} is no count: write a whole number from 1 to 9999.")
