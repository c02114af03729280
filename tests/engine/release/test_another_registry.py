"""A registry that is not the one of a release: nothing moves, nothing is said about its models."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from slipway import gate, lineage, registry, release
from slipway.errors import ProjectError
from slipway.registry import Version
from slipway.settings import settings

Ship = Callable[[int], Version]
Make = Callable[[int], Path]
ANOTHER = "was released from another registry, MLflow at sqlite"


@pytest.fixture
def elsewhere(
    migrated_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """Return a function that goes where no run has left anything, as on a teammate's machine."""

    def go() -> None:
        state = tmp_path / "var of a teammate"
        state.mkdir()
        shutil.copy(migrated_database, state / "mlflow.db")
        monkeypatch.setenv("STATE_DIR", str(state))
        settings.cache_clear()

    return go


def test_another_model_under_the_same_number_is_not_what_prod_runs(
    ship: Ship, make_bundle: Make, elsewhere: Callable[[], None]
) -> None:
    ship(2)
    elsewhere()
    registry.register(make_bundle(3))
    with pytest.raises(ProjectError, match=f"late-parcels v1 .*{ANOTHER}.* another model as v1"):
        gate.main()
    assert registry.by_alias("champion") is None
    assert registry.by_number(1).gate == ""


def test_a_lost_var_is_told_as_a_registry_that_does_not_know_the_release(
    ship: Ship, elsewhere: Callable[[], None]
) -> None:
    ship(2)
    elsewhere()
    for command in (gate.main, lambda: lineage.walk("prod"), lambda: release.fetch("prod")):
        with pytest.raises(ProjectError, match=f"{ANOTHER}.*does not know it"):
            command()


def test_a_restored_registry_that_lacks_the_newest_versions_moves_no_alias(
    ship: Ship, make_bundle: Make, elsewhere: Callable[[], None], tmp_path: Path
) -> None:
    ship(2)
    backup = shutil.copytree(settings().state, tmp_path / "backup")
    ship(3)
    shutil.copytree(backup, settings().state, dirs_exist_ok=True)
    registry.register(make_bundle(4))
    with pytest.raises(ProjectError, match=f"late-parcels v2 .*{ANOTHER}.* another model as v2"):
        gate.main()
    assert registry.by_alias("champion") == registry.by_number(1)


def test_a_promotion_takes_no_model_from_another_registry(
    ship: Ship, passed: Callable[..., Version], make_bundle: Make, elsewhere: Callable[[], None]
) -> None:
    ship(2)
    passed(3)
    release.promote("dev")
    elsewhere()
    registry.register(make_bundle(4))
    registry.register(make_bundle(1))
    with pytest.raises(ProjectError, match=f"late-parcels v2 .*{ANOTHER}"):
        release.promote("staging")


def test_a_rollback_with_another_registry_moves_no_alias_there(
    ship: Ship,
    make_bundle: Make,
    elsewhere: Callable[[], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    ship(2)
    ship(3)
    elsewhere()
    registry.register(make_bundle(4))
    release.rollback("prod")
    running = release.released("prod")
    assert running is not None
    assert running.model_version == "1"
    assert registry.by_alias("champion") is None
    assert ANOTHER in capsys.readouterr().err


def test_the_same_model_made_again_is_the_released_one_whatever_its_number(
    ship: Ship, make_bundle: Make, elsewhere: Callable[[], None]
) -> None:
    ship(2)
    elsewhere()
    registry.register(make_bundle(3))
    again = registry.register(make_bundle(2))
    gate.main()
    assert again.number == 2
    assert registry.by_alias("champion") == again
    assert release.fetch("prod")[1].name == again.model_digest
