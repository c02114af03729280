"""From names of columns to names that Python and the schema can hold."""

import keyword
import re
import unicodedata
from collections.abc import Iterable

import dataframely as dy

LENGTH_MAXIMUM = 60
LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"})
# What a class of dataframely already has, and names that the modules use.
TAKEN = {*dir(dy.Schema), *keyword.kwlist, *keyword.softkwlist, "dy", "hour", "label", "weekday"}


def translate(originals: list[str]) -> dict[str, str]:
    """Return a name for each column: in lower case, of letters, digits and underscores."""
    plain = {original: _plain(original) for original in originals}
    features = {f"{name}_mean" for name in plain.values()}
    translated: dict[str, str] = {}
    for original, name in plain.items():
        translated[original] = free(name, {*features, *translated.values()})
    return translated


def free(name: str, others: Iterable[str]) -> str:
    """Return the name, or one with a number that is not taken."""
    used = {*others, *TAKEN}
    number, candidate = 2, name
    while candidate in used:
        candidate, number = f"{name}_{number}", number + 1
    return candidate


def _plain(original: str) -> str:
    ascii_only = (
        unicodedata.normalize("NFKD", original.translate(LETTERS))
        .encode("ascii", "ignore")
        .decode()
    )
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", ascii_only)
    name = re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")
    if not name:
        return "column"
    return (name if name[0].isalpha() else f"column_{name}")[:LENGTH_MAXIMUM].rstrip("_")
