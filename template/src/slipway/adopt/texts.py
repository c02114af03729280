"""Texts that are no categories: numbers with marks that no program reads, and times."""

import re

import polars as pl

SHARE = 0.95  # of the values that have the form; the rest is mistakes
SAMPLE = 2000
MANY = 50  # different numbers, from which they are no names such as versions

CURRENCY = "(?:[€$£¥₹]|EUR|USD|GBP|CHF|JPY)"
UNIT = f"(?:{CURRENCY}|[%‰]|(?i:kg|g|km|cm|mm))"
SIGN = "[-+\u2212]"  # with the minus of typesetters
THOUSANDS = "[.,'\u2019 \u00a0\u202f]"
DIGITS = rf"(?:[1-9]\d{{0,2}}(?:{THOUSANDS}\d{{3}})+|\d+)(?:[.,]\d+)?"
NUMBER = rf"^\s*{SIGN}?\s*(?:{CURRENCY}\s*)?{SIGN}?{DIGITS}\s*{UNIT}?\s*$"

DAY, MONTH, YEAR = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])", "(?:19|20)[0-9]{2}"
WORD = r"\p{L}{3,9}\.?"
DATES = (
    rf"{YEAR}[-/.]{MONTH}[-/.]{DAY}",
    rf"(?:{DAY}[-/.]{MONTH}|{MONTH}[-/]{DAY})[-/.]{YEAR}",
    r"(?:0[1-9]|[12][0-9]|3[01])\.(?:0[1-9]|1[0-2])\.[0-9]{2}",
    r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])",
    rf"{DAY}\.?[ -]{WORD}[ -]{YEAR}",
    rf"{WORD} {DAY},? {YEAR}",
)
TIME = rf"^\s*(?:{'|'.join(DATES)})(?:[T ]+[0-9]{{1,2}}:[0-9]{{2}}.*)?\s*$"


def are_times(seen: pl.Series) -> bool:
    """Tell whether texts or whole numbers are days or times, such as 2024-05-03 and 20240503."""
    if not (seen.dtype.is_integer() or seen.dtype in (pl.String, pl.Categorical, pl.Enum)):
        return False
    return _mostly(seen.gather_every(max(1, len(seen) // SAMPLE)).cast(pl.String), TIME)


def why_numbers(seen: pl.Series, *, decimal_comma: bool) -> str:
    """Say what keeps texts from being read as the numbers they are; nothing where they are none."""
    sample = seen.gather_every(max(1, len(seen) // SAMPLE))
    if not (_mostly(sample, NUMBER) and _mostly(seen, NUMBER)):
        return ""
    are_numbers = seen.str.contains(NUMBER)
    numbers, words = seen.filter(are_numbers), seen.filter(~are_numbers)
    point = "," if decimal_comma else r"\."
    marked = numbers.filter(~numbers.str.contains(rf"^[-+]?\d+(?:{point}\d+)?$"))
    if len(marked):
        example = marked[marked.str.len_chars().arg_max() or 0]
        plain = _plain(example, _decimal_mark(numbers), "," if decimal_comma else ".")
        return f"numbers written as text, such as {example!r}: write them as {plain}"
    fractions = bool(numbers.str.contains(point).any())
    if len(words) and fractions and numbers.n_unique() > MANY:
        return f"numbers, but for texts such as {words[0]!r}: leave those empty"
    return ""


def _mostly(texts: pl.Series, form: str) -> bool:
    return int(texts.str.contains(form).sum()) >= SHARE * len(texts)


def _decimal_mark(numbers: pl.Series) -> str:
    """Return what stands before fractions; where three digits always follow, none does."""
    for mark, other in ((",", "."), (".", ",")):
        ends = rf"[{mark}](?:\d{{1,2}}|\d{{4,}})\D*$"
        forms = rf"{ends}|^\D*0[{mark}]|[{other}].*[{mark}]\d+\D*$"
        if numbers.str.contains(forms).any():
            return mark
    return ""


def _plain(number: str, mark: str, point: str) -> str:
    """Return a number with nothing but its sign, its digits and a decimal point."""
    whole, _, fraction = number.partition(mark) if mark else (number, "", "")
    whole, fraction = (re.sub(r"\D", "", part) for part in (whole, fraction))
    sign = "-" if re.search("[-\u2212]", number) else ""
    return f"{sign}{whole}{point}{fraction}" if fraction else f"{sign}{whole}"
