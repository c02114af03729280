"""Forms of the texts in a cluster's values; who writes another one is told the form."""

import re
from typing import Annotated

from pydantic import AfterValidator


def written(pattern: str, form: str) -> AfterValidator:
    """Return what refuses a text that is not written in a form."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"{text!r} is not right; write {form}")
        return text

    return AfterValidator(check)


Text = Annotated[str, written(r"\S.*", "a text that is not empty")]
Port = Annotated[
    str, written(r"[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-3]\d", "a port")
]
Http = Annotated[str, written(r"https?://[^/ ]+", "http:// or https:// and a host, with its port")]
