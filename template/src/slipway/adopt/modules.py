"""The texts of source.py, schema.py and features.py for a table."""

import json
import unicodedata
from typing import Any

from ..project import project
from .table import Adopted, Column

WIDTH = 100  # of a line, as the project's formatter has it
IMPORTED = (
    *("Array", "CategoryMeans", "Columns", "Matrix"),
    *("fit_category_means", "hour", "stack", "weekday"),
)
TYPES = {"number": "Float32", "integer": "Int64", "yes or no": "Bool", "category": "String"}


def texts(table: Adopted) -> dict[str, str]:
    """Return each module by its path in the project."""
    home = f"src/{project().package}"
    return {
        f"{home}/source.py": source(table),
        f"{home}/schema.py": schema(table),
        f"{home}/features.py": features(table),
    }


def literal(value: Any) -> str:
    """Return a value as Python writes it, in double quotes and without letters that look alike."""
    if not isinstance(value, str):
        return repr(value)
    plain = json.dumps(value, ensure_ascii=False)
    return "".join(mark if _is_plain(mark) else json.dumps(mark)[1:-1] for mark in plain)


def _is_plain(mark: str) -> bool:
    """Tell whether nobody takes a character for another one."""
    latin = mark.isalpha() and unicodedata.name(mark, "").startswith("LATIN")
    return mark.isascii() or latin or mark in "°²³€"


def source(table: Adopted) -> str:
    """Return source.py."""
    arguments = [f"{literal(table.path)},", "Columns(", *_indented(_columns(table)), "),"]
    imports = ["Columns", "files"]
    if written := _written(table):
        arguments.append(written)
        imports.append("TimeFormat")
    if table.file_format.separator != "," or table.file_format.decimal_comma:
        comma = ", decimal_comma=True" if table.file_format.decimal_comma else ""
        separator = literal(table.file_format.separator)
        arguments.append(f"file_format=FileFormat(separator={separator}{comma}),")
        imports.append("FileFormat")
    names = ", ".join(sorted(imports, key=lambda name: (name.islower(), name)))
    delay = table.label_delay
    hours = f"hours={delay.seconds // 3600}" if delay.seconds else f"days={delay.days}"
    if delay.seconds and delay.days:
        hours = f"days={delay.days}, {hours}"
    return "\n".join(
        [
            '"""Where the data comes from, and what its columns mean."""',
            "",
            "from datetime import timedelta",
            "",
            f"from slipway.sources.files import {names}",
            "",
            "from .schema import Features",
            "",
            f"LABEL_DELAY = timedelta({hours})  # after which every outcome is known",
            "",
            "_table = files(",
            *_indented(arguments),
            ")",
            "available = _table.available",
            "read_features = _table.read_features",
            "read_labels = _table.read_labels",
            "",
        ]
    )


def _columns(table: Adopted) -> list[str]:
    lines = [
        "schema=Features,",
        f"time={literal(table.time.original)},",
        f"outcome={literal(table.outcome.name)},",
        f"event={literal(table.outcome.event)},",
        "label_delay=LABEL_DELAY,",
    ]
    if table.key:
        lines.append(f"key={literal(table.key)},")
    names = {table.time.name: table.time.original}
    names |= {column.name: column.original for column in table.kept}
    renamed = {name: original for name, original in names.items() if name != original}
    if renamed:
        pairs = [f"{literal(name)}: {literal(original)}," for name, original in renamed.items()]
        lines += ["names={", *_indented(pairs), "},"]
    return lines


def _written(table: Adopted) -> str:
    written = table.time.written
    given = {"text": written.text, "epoch": written.epoch, "zone": written.zone}
    words = [f"{name}={literal(value)}" for name, value in given.items() if value]
    return f"TimeFormat({', '.join(words)})," if words else ""


def schema(table: Adopted) -> str:
    """Return schema.py."""
    lines = [
        '"""The data\'s contract: types, units, ranges and meaning of every column.',
        "",
        "The server's input checks, the quarantine and the data dictionary are all made from here.",
        '"""',
        "",
        "import dataframely as dy",
        "",
        "",
        "class Features(dy.Schema):",
        '    """One row as it is known when the prediction is wanted."""',
        "",
        *_indented(_described(table.key_name, "String", _key_details(table))),
        *_indented(_described(table.time.name, "Datetime", _time_details(table))),
    ]
    for column in table.kept:
        lines += _indented(_described(column.name, TYPES[str(column.kind)], _details(column)))
    lines += [
        "",
        "",
        "class Labels(dy.Schema):",
        '    """The outcome of one row, known later."""',
        "",
        *_indented(
            _described(
                table.key_name,
                "String",
                {"primary_key": "True", "description": literal("As in the features.")},
            )
        ),
        *_indented(_described("label", "Int8", _label_details(table))),
        "",
    ]
    return "\n".join(lines)


def _key_details(table: Adopted) -> dict[str, str]:
    text = f"Column {table.key!r}." if table.key else "Number of the row in its file."
    return {
        "primary_key": "True",
        "description": literal(text),
        "metadata": '{"role": "key"}',
    }


def _time_details(table: Adopted) -> dict[str, str]:
    return {
        "resolution": literal("1m"),
        "description": literal(f"Column {table.time.original!r}, to the minute."),
        "metadata": '{"role": "time", "unit": "local time"}',
    }


def _label_details(table: Adopted) -> dict[str, str]:
    event = f"1 where {table.outcome.name!r} is {table.outcome.event!r}."
    return {"min": "0", "max": "1", "description": literal(event)}


def _details(column: Column) -> dict[str, str]:
    details = {}
    if column.missing:
        details["nullable"] = "True"
    if column.minimum is not None and column.maximum is not None:
        whole = column.kind == "integer"
        for name, limit in (("min", column.minimum), ("max", column.maximum)):
            details[name] = str(int(limit)) if whole or limit.is_integer() else repr(limit)
    return details | {"description": literal(f"Column {column.original!r}.")}


def _described(name: str, kind: str, details: dict[str, str]) -> list[str]:
    """Return one column; the comma at the end keeps each detail on a line of its own."""
    pairs = [f"{key}={value}," for key, value in details.items()]
    return [f"{name} = dy.{kind}(", *_indented(pairs), ")"]


def features(table: Adopted) -> str:
    """Return features.py."""
    names = [f"{column.name}_mean" for column in table.categories]
    return "\n".join(
        [
            '"""Features of the model, by this same code in training, serving and monitoring."""',
            "",
            "from slipway.features import (",
            *_indented([f"{name}," for name in IMPORTED]),
            ")",
            "",
            f"TIME = {literal(table.time.name)}",
            *_tuple("CATEGORIES", [column.name for column in table.categories]),
            *_tuple("NUMBERS", [column.name for column in table.numbers]),
            'FEATURES = (*(f"{name}_mean" for name in CATEGORIES), "hour", "weekday", *NUMBERS)'
            if names
            else 'FEATURES = ("hour", "weekday", *NUMBERS)',
            "",
            "Encoder = CategoryMeans  # what is learned from the training rows",
            "",
            "",
            "def fit(columns: Columns, labels: Array) -> Encoder:",
            '    """Learn the mean outcome of each category."""',
            "    return fit_category_means(columns, labels, CATEGORIES)",
            "",
            "",
            "def transform(columns: Columns, encoder: Encoder) -> Matrix:",
            '    """Return the features (n, len(FEATURES)) float32, in the order of FEATURES."""',
            "    return stack(",
            "        *(encoder.encode(columns, name) for name in CATEGORIES),",
            "        hour(columns[TIME]),",
            "        weekday(columns[TIME]),",
            "        *(columns[name] for name in NUMBERS),",
            "    )",
            "",
        ]
    )


def _tuple(name: str, values: list[str]) -> list[str]:
    """Return a tuple of texts as the formatter writes it."""
    if not values:
        return [f"{name}: tuple[str, ...] = ()"]
    inside = ", ".join(map(literal, values)) + ("," if len(values) == 1 else "")
    line = f"{name} = ({inside})"
    if len(line) <= WIDTH:
        return [line]
    return [f"{name} = (", *_indented([f"{literal(value)}," for value in values]), ")"]


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]
