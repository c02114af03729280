"""The edit of model.py: these parameters, and every other byte as it was."""

import ast

import pytest

from slipway.errors import ProjectError
from slipway.tune.edit import edited

PATH = "src/parcels/model.py"
NEW = {"learning_rate": 0.0312, "num_leaves": 63}
HEAD = '"""The model: größer."""\n\nfrom slipway.families.boosting import Boosting\n\n'


def parameters(text: str) -> dict[str, object]:
    """Return the literal arguments by name, as Python reads them."""
    (call,) = (node.value for node in ast.parse(text).body if isinstance(node, ast.Assign))
    assert isinstance(call, ast.Call)
    return {word.arg or "": ast.literal_eval(word.value) for word in call.keywords}


def test_values_are_replaced_and_comments_stay() -> None:
    before = (
        f"{HEAD}MODEL = Boosting(\n    num_iterations=100,  # ä\n    learning_rate=0.05,"
        "  # slow\n    num_leaves=31,\n)\n"
    )
    after = edited(before, NEW, PATH)
    assert after == before.replace("0.05", "0.0312").replace("31,\n)", "63,\n)")
    assert parameters(after) == {"num_iterations": 100, **NEW}


def test_a_parameter_that_was_not_there_gets_a_line() -> None:
    before = f"{HEAD}MODEL = Boosting(\n    learning_rate=0.05,\n)\n"
    after = edited(before, NEW, PATH)
    assert after == f"{HEAD}MODEL = Boosting(\n    learning_rate=0.0312,\n    num_leaves=63,\n)\n"


@pytest.mark.parametrize(
    "call",
    ["Boosting()", "Boosting(learning_rate=0.05)", "Boosting(\n)", "x.Boosting(num_leaves=3)"],
)
def test_a_call_of_one_line_becomes_one_of_several(call: str) -> None:
    after = edited(f"{HEAD}MODEL = {call}  # mine\n", NEW, PATH)
    assert parameters(after) == NEW
    assert after.endswith(")  # mine\n")
    assert edited(after, NEW, PATH) == after


def test_a_model_with_a_type_is_edited_too() -> None:
    after = edited(f"{HEAD}MODEL: Family = Boosting(num_leaves=3)\n", NEW, PATH)
    assert after.startswith(f"{HEAD}MODEL: Family = Boosting(\n    num_leaves=63,\n")


def test_other_arguments_are_kept() -> None:
    before = f"{HEAD}MODEL = Boosting(Resources(cpu='2'), num_leaves=-1, seed=7)\n"
    after = edited(before, NEW, PATH)
    assert "    Resources(cpu='2'),\n" in after
    assert "    seed=7,\n" in after
    assert "    num_leaves=63,\n" in after


@pytest.mark.parametrize(
    "text",
    [
        "MODEL = Boosting(**PARAMETERS)\n",
        "MODEL = Boosting(num_leaves=LEAVES)\n",
        "MODEL = make_it\n",
        "if True:\n    MODEL = Boosting()\n",
        "",
    ],
)
def test_what_cannot_be_edited_is_told_with_the_parameters(text: str) -> None:
    with pytest.raises(ProjectError) as told:
        edited(text, NEW, PATH)
    assert str(told.value).endswith("yourself: learning_rate=0.0312, num_leaves=63.")
