"""`make health`: filled in from what Git, gate, monitor and post-mortems remember."""

from collections.abc import Callable
from pathlib import Path

import pytest

from slipway import cli
from slipway.health import actions
from slipway.registry import Version
from slipway.settings import settings
from tests.engine.kit import TEMPLATE
from tests.engine.monitor.test_page import outline

MORTEM = "docs/post-mortems/2024-05-02-late-labels.md"


@pytest.fixture
def shipped(repository: Path, ship: Callable[[int], Version]) -> Path:
    ship(2)
    return repository


def review() -> list[str]:
    page = settings().reports / "prod" / "health.html"
    return outline(page.read_text("utf-8")).texts


def test_the_page_says_what_was_trained_and_released(
    shipped: Path, passed: Callable[..., Version]
) -> None:
    passed(3, False)
    assert cli.main(["health"]) == 0
    texts = review()
    assert "release(prod): late-parcels v1" in texts
    assert "chore: start" not in texts
    assert "Refused on 502 rows." in texts
    assert any(text.startswith("prod runs late-parcels v1, trained on data") for text in texts)


def test_actions_that_are_struck_out_are_done(project: Path) -> None:
    page = project / MORTEM
    page.parent.mkdir(parents=True)
    shape = (TEMPLATE / "docs/post-mortem.md").read_text("utf-8")
    rows = (
        "| ~~Ask the depot~~ | detects | Jo | 2024-05-03 |\n| Add a \\| rule | prevents | Al | |\n"
    )
    page.write_text("# Late labels\n\n" + shape.replace("| | | | |\n", rows))
    (page.parent / "README.md").write_text("# No incident\n")
    (incident,) = actions.read()
    assert incident.title == "Late labels"
    assert incident.open == [actions.Action("Add a | rule", "Al", "")]


def test_the_shape_of_a_post_mortem_has_no_open_action(project: Path) -> None:
    page = project / MORTEM
    page.parent.mkdir(parents=True)
    page.write_text((TEMPLATE / "docs/post-mortem.md").read_text("utf-8"))
    assert [incident.open for incident in actions.read()] == [[]]


def test_nothing_to_review_is_one_sentence(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["health"]) == 1
    assert capsys.readouterr().err == (
        "error: Nothing is released to prod and nothing was watched there: train, release, serve "
        "and monitor first, or see it all by `make demo`.\n"
    )
    assert not (settings().reports / "prod" / "health.html").exists()


def test_a_damaged_post_mortem_is_named_and_stops_nothing(
    shipped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shipped / MORTEM).parent.mkdir(parents=True)
    (shipped / MORTEM).write_bytes(b"# \xff\n")
    assert cli.main(["health"]) == 0
    assert "warning: the page lacks something" in capsys.readouterr().out
    texts = review()
    assert texts[texts.index("Incidents") + 1].startswith("Not known: ")
