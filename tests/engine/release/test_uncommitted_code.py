"""A model of code that is not committed: judged, but never promoted."""

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from slipway import bundle, registry, release
from slipway.errors import ProjectError
from slipway.registry import Version
from slipway.release import record
from tests.engine.kit import COMMIT

Git = Callable[..., str]
Judge = Callable[..., Version]
FROM = (f"{COMMIT}-dirty", "")


@pytest.fixture
def trained_on(make_bundle: Callable[[int], Path], tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that returns a bundle of code that is named so."""

    def bundle_of(code: str) -> Path:
        directory = shutil.copytree(make_bundle(2), tmp_path / "of other code")
        manifest = bundle.read_manifest(directory)
        changed = msgspec.structs.replace(manifest, source_commit=code)
        bundle.write(directory, (directory / bundle.MODEL_FILE).read_bytes(), changed)
        return directory

    return bundle_of


@pytest.mark.parametrize("code", FROM)
def test_a_model_of_uncommitted_code_is_not_promoted_even_when_the_code_was_committed_later(
    code: str, trained_on: Callable[[str], Path], passes: Callable[[Path], Version], git: Git
) -> None:
    passes(trained_on(code))
    before = git("rev-parse", "HEAD"), git("status", "--porcelain")
    with pytest.raises(ProjectError, match="commit it, then `make train`, `make gate`"):
        release.promote("dev")
    assert (git("rev-parse", "HEAD"), git("status", "--porcelain")) == before


def test_a_release_of_uncommitted_code_goes_no_further(
    passed: Judge, repository: Path, git: Git
) -> None:
    passed(2)
    release.promote("dev")
    path = repository / record.location("dev")
    path.write_text(path.read_text().replace(COMMIT, f"{COMMIT}-dirty"))
    git("commit", "--quiet", "--all", "--message", "chore: an older engine released this")
    with pytest.raises(ProjectError, match=f"not committed .{COMMIT}-dirty"):
        release.promote("staging")


def test_a_prod_that_runs_uncommitted_code_can_still_be_rolled_back_to(
    ship: Callable[[int], Version], repository: Path, git: Git
) -> None:
    ship(2)
    path = repository / record.location("prod")
    path.write_text(path.read_text().replace(COMMIT, f"{COMMIT}-dirty"))
    git("commit", "--quiet", "--all", "--message", "release(prod): by an older engine")
    ship(3)
    release.rollback("prod")
    running = release.released("prod")
    assert running is not None
    assert running.source_commit == f"{COMMIT}-dirty"
    assert registry.by_alias("champion") == registry.by_number(1)
