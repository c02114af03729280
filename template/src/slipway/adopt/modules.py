"""The texts of source.py, schema.py and features.py for a table."""

from datetime import timedelta

from ..project import project
from .literals import WIDTH, indented, joined, literal
from .schemas import schema
from .table import Adopted

FEATURES_HEAD = '''\
"""Features of the model, by this same code in training, serving and monitoring."""

{imports}from slipway.features import (
    Array,
    CategoryMeans,
    Columns,
    Matrix,
    fit_category_means,
    hour,
    stack,
    weekday,
)

'''
FEATURES_OF_MEANS = '''
Encoder = CategoryMeans  # what is learned from the training rows


def fit(columns: Columns, labels: Array) -> Encoder:
    """Learn the mean outcome of each category."""
    return fit_category_means(columns, labels, CATEGORIES)


def transform(columns: Columns, encoder: Encoder) -> Matrix:
    """Return the features (n, len(FEATURES)) float32, in the order of FEATURES."""
    return stack(
        *(encoder.encode(columns, name) for name in CATEGORIES),
        hour(columns[TIME]),
        weekday(columns[TIME]),
        *(columns[name] for name in NUMBERS),
    )
'''
FEATURES_OF_RATES = '''

class Encoder(msgspec.Struct, frozen=True):
    """What is learned from the training rows."""

    rates: dict[str, CategoryMeans]


def fit(columns: Columns, labels: Array) -> Encoder:
    """Learn how often each category has each class."""
    return Encoder(
        {name: fit_category_means(columns, labels == name, CATEGORIES) for name in CLASSES}
    )


def transform(columns: Columns, encoder: Encoder) -> Matrix:
    """Return the features (n, len(FEATURES)) float32, in the order of FEATURES."""
    rates = [encoder.rates[outcome] for outcome in CLASSES]
    return stack(
        *(rate.encode(columns, name) for rate in rates for name in CATEGORIES),
        hour(columns[TIME]),
        weekday(columns[TIME]),
        *(columns[name] for name in NUMBERS),
    )
'''


def texts(table: Adopted) -> dict[str, str]:
    """Return each module by its path in the project."""
    home = f"src/{project().package}"
    return {
        f"{home}/source.py": source(table),
        f"{home}/schema.py": schema(table),
        f"{home}/features.py": features(table),
    }


def source(table: Adopted) -> str:
    """Return source.py."""
    arguments = [f"{literal(table.path)},", "Columns(", *indented(_columns(table)), "),"]
    imports = ["Columns", "files"]
    for name, text in (("TimeFormat", _time_format(table)), ("FileFormat", _file_format(table))):
        if text:
            arguments.append(text)
            imports.append(name)
    names = ", ".join(sorted(imports, key=lambda name: (name.islower(), name)))
    return joined(
        [
            '"""Where the data comes from, and what its columns mean."""',
            "",
            "from datetime import timedelta",
            "",
            f"from slipway.sources.files import {names}",
            "",
            f"from .schema import {', '.join(table.outcome.schemas)}",
            "",
            f"LABEL_DELAY = {_duration(table.label_delay)}  # after which every outcome is known",
            "",
            "_table = files(",
            *indented(arguments),
            ")",
            "available = _table.available",
            "read_features = _table.read_features",
            "read_labels = _table.read_labels",
            "",
        ]
    )


def _duration(delay: timedelta) -> str:
    hours = delay.seconds // 3600
    parts = {"days": delay.days, "hours": hours} if hours else {"days": delay.days}
    return f"timedelta({', '.join(f'{name}={n}' for name, n in parts.items() if n or not hours)})"


def _columns(table: Adopted) -> list[str]:
    lines = [
        "schema=Features,",
        f"time={literal(table.time.original)},",
        f"outcome={literal(table.outcome.name)},",
        *table.outcome.arguments,
        "label_delay=LABEL_DELAY,",
    ]
    if table.key is not None:
        lines.append(f"key={literal(table.key)},")
    names = {table.time.name: table.time.original}
    names |= {column.name: column.original for column in table.kept}
    renamed = {name: original for name, original in names.items() if name != original}
    if renamed:
        pairs = [f"{literal(name)}: {literal(original)}," for name, original in renamed.items()]
        lines += ["names={", *indented(pairs), "},"]
    return lines


def _time_format(table: Adopted) -> str:
    written = table.time.written
    given = {"text": written.text, "epoch": written.epoch, "zone": written.zone}
    words = [f"{name}={literal(value)}" for name, value in given.items() if value]
    return f"TimeFormat({', '.join(words)})," if words else ""


def _file_format(table: Adopted) -> str:
    written = table.file_format
    if written.separator == "," and not written.decimal_comma:
        return ""
    comma = ", decimal_comma=True" if written.decimal_comma else ""
    return f"file_format=FileFormat(separator={literal(written.separator)}{comma}),"


def features(table: Adopted) -> str:
    """Return features.py."""
    rates = table.outcome.rates if table.categories else []
    names = [
        f"TIME = {literal(table.time.name)}",
        *_tuple("CATEGORIES", [column.name for column in table.categories]),
        *_tuple("NUMBERS", [column.name for column in table.numbers]),
        *(_tuple("CLASSES", rates) if rates else []),
        *_names(rates, table),
    ]
    head = FEATURES_HEAD.format(imports="import msgspec\n\n" if rates else "")
    return head + joined(names) + "\n" + (FEATURES_OF_RATES if rates else FEATURES_OF_MEANS)


def _names(rates: list[str], table: Adopted) -> list[str]:
    """Return the names of all features."""
    if rates:
        return [
            "FEATURES = (",
            '    *(f"{name}_{outcome}" for outcome in CLASSES for name in CATEGORIES),',
            '    *("hour", "weekday"),',
            "    *NUMBERS,",
            ")",
        ]
    means = '*(f"{name}_mean" for name in CATEGORIES), ' if table.categories else ""
    return [f'FEATURES = ({means}"hour", "weekday", *NUMBERS)']


def _tuple(name: str, values: list[str]) -> list[str]:
    """Return a tuple of texts as the formatter writes it."""
    if not values:
        return [f"{name}: tuple[str, ...] = ()"]
    inside = ", ".join(map(literal, values)) + ("," if len(values) == 1 else "")
    line = f"{name} = ({inside})"
    if len(line) <= WIDTH:
        return [line]
    return [f"{name} = (", *indented([f"{literal(value)}," for value in values]), ")"]
