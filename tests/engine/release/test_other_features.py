"""A model with other features than the code of HEAD: where it goes, and what is said of others."""

from collections.abc import Callable
from pathlib import Path

import pytest

from parcels import features
from slipway import registry, release
from slipway.errors import ProjectError
from slipway.registry import Version

Git = Callable[..., str]
Judge = Callable[..., Version]


@pytest.fixture
def one_more_feature(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function that lets the code compute a feature more."""
    names = (*features.FEATURES, "a new one")
    return lambda: monkeypatch.setattr(features, "FEATURES", names)


def test_a_model_of_other_features_is_not_promoted(
    passed: Judge, one_more_feature: Callable[[], None], git: Git
) -> None:
    passed(2)
    one_more_feature()
    before = git("rev-parse", "HEAD"), git("status", "--porcelain")
    said = r"v1 was trained with other features than the code computes now: train again\.$"
    with pytest.raises(ProjectError, match=said):
        release.promote("dev")
    assert (git("rev-parse", "HEAD"), git("status", "--porcelain")) == before


def test_what_dev_serves_with_its_own_image_goes_on_to_staging(
    passed: Judge, one_more_feature: Callable[[], None]
) -> None:
    passed(2)
    release.promote("dev")
    one_more_feature()
    release.promote("staging")
    running = release.released("staging")
    assert running is not None
    assert running.model_version == "1"


def test_a_newer_version_that_was_refused_is_named(
    passed: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    passed(2)
    passed(3, passed=False)
    for ending in ("now runs", "already"):
        capsys.readouterr()
        release.promote("dev")
        note, outcome = capsys.readouterr().out.splitlines()
        assert note == (
            "note: v2, trained later, was refused by the gate; v1 is the last that passed."
        )
        assert ending in outcome


def test_a_newer_version_that_was_not_judged_is_named(
    passed: Judge,
    make_bundle: Callable[[int], Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    passed(2)
    registry.register(make_bundle(3))
    release.promote("dev")
    assert "note: v2, trained later, has not been judged by the gate; v1" in capsys.readouterr().out


def test_the_newest_version_is_released_without_a_note(
    passed: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    passed(2, passed=False)
    passed(3)
    release.promote("dev")
    assert "note:" not in capsys.readouterr().out
