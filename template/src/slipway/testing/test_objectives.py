"""What is written from another file says what that file says."""

from slipway import rules, schema
from slipway.settings import settings


def test_prometheus_is_told_the_objectives_and_environments_of_this_project() -> None:
    assert rules.stale() == [], "run `make rules`"


def test_the_data_dictionary_says_what_the_schema_says() -> None:
    page = (settings().project_root / schema.DICTIONARY).read_text("utf-8")
    assert page == schema.data_dictionary(), "run `make data-dictionary`"
