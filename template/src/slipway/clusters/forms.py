"""Forms of the texts in a cluster's values; who writes another one is told the form."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator


def written(pattern: str, form: str) -> AfterValidator:
    """Return what refuses a text that is not written in a form."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"{text!r} is not right; write {form}")
        return text

    return AfterValidator(check)


def whole(what: str) -> BeforeValidator:
    """Return what refuses everything but a whole number above 0."""

    def check(number: Any) -> Any:
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            raise ValueError(f"{number!r} is not right; write a whole number of {what}, 1 or more")
        return number

    return BeforeValidator(check)


def entries(what: str) -> AfterValidator:
    """Return what refuses a list that is empty, or says something twice."""

    def check(items: list[str]) -> list[str]:
        if not items or len(set(items)) < len(items):
            raise ValueError(f"write at least one {what}, and each once")
        return items

    return AfterValidator(check)


Text = Annotated[str, written(r"\S.*", "a text that is not empty")]
Port = Annotated[
    str, written(r"[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-3]\d", "a port")
]
Http = Annotated[str, written(r"https?://[^/ ]+", "http:// or https:// and a host, with its port")]
