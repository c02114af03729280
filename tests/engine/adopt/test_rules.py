"""A draft of objectives reaches the rules of Prometheus, or leaves them as they are."""

from pathlib import Path

import pytest

from slipway import rules
from slipway.errors import ProjectError

from .conftest import Adopt
from .kit import git, table

OLD = "# the rules of before\n"


@pytest.fixture
def monitored(home: Path) -> Path:
    """Return a project that Prometheus watches, whose rules are committed."""
    (home / rules.RULES).parent.mkdir(parents=True)
    (home / rules.RULES).write_text(OLD, "utf-8")
    git(home, "add", "-A")
    git(home, "commit", "-qm", "rules")
    return home


def test_the_rules_say_what_the_draft_says(monitored: Path, adopt: Adopt) -> None:
    result = adopt(table())
    assert (result.code, rules.stale()) == (0, [])
    assert rules.RULES in result.out
    assert (monitored / rules.RULES).read_text("utf-8") != OLD


def test_a_table_that_cannot_be_read_again_leaves_the_rules(
    monitored: Path, adopt: Adopt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise ProjectError("No row is good.")

    monkeypatch.setattr("slipway.training_data.quarantine.split", refuse)
    result = adopt(table())
    assert (result.code, result.err) == (1, "error: No row is good.\n")
    assert (monitored / rules.RULES).read_text("utf-8") == OLD


def test_rules_that_are_not_committed_are_not_replaced(monitored: Path, adopt: Adopt) -> None:
    (monitored / rules.RULES).write_text("# mine\n", "utf-8")
    result = adopt(table())
    assert result.code == 1
    assert f"Adopt would replace {rules.RULES}, which is not committed" in result.err
