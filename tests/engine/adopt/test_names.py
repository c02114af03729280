"""Names of columns, whatever they hold, become names of Python that are not taken."""

import keyword

import dataframely as dy
import pytest

from .conftest import Adopt
from .kit import ROWS, table

VALUES = [float(row % 9) for row in range(ROWS)]
NASTY = [
    *("Größe (m²)", "loan amount €", 'a "quote"', "it's", 'both \' and ""', "back\\slash"),
    *("new\nline", "tab\t", "\x00\x7f", "", " ", "_", "__init__", "1st", "ЖЖ", "😀", "\u0131"),
    *("class", "match", "None", "self", "id", "type", "min", "password", "token"),
    *("columns", "filter", "sample", "cast", "validate", "dy", "label", "hour", "weekday"),
    *("row_id", "branch_mean", "Branch", "A-B", "a b", "a_b", "x" * 300, "long name " * 30),
    *("{amount}", "%s", "#|x|#", "{{ x }}", "amount_duplicated_0"),
]


def test_every_name_becomes_one_that_python_and_the_schema_can_hold(adopt: Adopt) -> None:
    result = adopt(table(dict.fromkeys(NASTY, VALUES)))
    names = list(result.columns)
    assert len(names) == len(NASTY) + 4
    for name in names:
        assert name.isidentifier()
        assert name.isascii()
        assert not keyword.iskeyword(name)
        assert not hasattr(dy.Schema, name)
    assert "label" not in names


def test_every_renamed_column_is_read_from_its_own(adopt: Adopt) -> None:
    values = {
        name: [float(row % 5 + number) for row in range(ROWS)] for number, name in enumerate(NASTY)
    }
    result = adopt(table(values))
    columns = result.module("source")._table.columns
    rows = result.read().sort("asked")
    for name in columns.schema.columns():
        original = columns.name_in_table(name)
        if original in values:
            assert rows[name].to_list() == values[original]


def test_no_two_features_have_one_name(adopt: Adopt) -> None:
    features = adopt(table(dict.fromkeys(NASTY, VALUES))).module("features").FEATURES
    assert len(set(features)) == len(features)


@pytest.mark.parametrize(
    ("original", "name"),
    [
        ("Monthly Income", "monthly_income"),
        ("monthlyIncome", "monthly_income"),
        ("Größe (m²)", "grosse_m2"),
        ("2nd score", "column_2nd_score"),
        ("class", "class_2"),
        ("filter", "filter_2"),
        ("amount%", "amount_2"),
    ],
)
def test_a_name_stays_readable(original: str, name: str, adopt: Adopt) -> None:
    assert name in adopt(table({original: VALUES})).columns


def test_a_key_keeps_its_values_as_texts(adopt: Adopt) -> None:
    codes = [row * 7 + 1000 for row in range(ROWS)]
    result = adopt(table({"Loan No": codes}), "--key=Loan No")
    assert result.read().sort("asked")["loan_no"].to_list() == [str(code) for code in codes]
    assert result.labels()["loan_no"].n_unique() == ROWS


def test_without_a_key_one_is_made_of_the_number_of_the_row(adopt: Adopt) -> None:
    result = adopt(table(row_id=VALUES))
    assert result.columns["row_id_2"].primary_key
    assert result.read().sort("asked")["row_id_2"].to_list() == [f"row-{n}" for n in range(ROWS)]
