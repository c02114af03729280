"""From what an environment serves one can walk back to data and code."""

from collections.abc import Callable
from pathlib import Path

import pytest

from slipway import bundle, lineage, release
from slipway.errors import ProjectError
from slipway.registry import Version


def test_the_walk_leads_from_the_prediction_to_the_snapshot(
    ship: Callable[[int], Version], repository: Path
) -> None:
    version = ship(20)
    manifest = bundle.read_manifest(release.fetch("prod")[1])
    links = {step.what: step.value for step in lineage.walk("prod")}
    assert links["prediction"] == f"model {version.model_digest}"
    assert links["release"].endswith(f"release(prod): {version.name} v{version.number}")
    assert links["run"] == version.run_id
    assert links["pipeline"].startswith("not compiled")
    assert links["snapshot"].startswith(manifest.snapshot.digest)
    assert manifest.training.start in links["training"]


def test_without_a_release_there_is_nothing_to_walk(repository: Path) -> None:
    with pytest.raises(ProjectError, match="dev has released nothing yet"):
        lineage.walk("dev")


def test_a_link_that_does_not_fit_is_an_error(
    ship: Callable[[int], Version], repository: Path
) -> None:
    ship(20)
    _, directory = release.fetch("prod")
    for path in directory.iterdir():
        path.unlink()
    file = repository / "environments" / "prod" / "release.yaml"
    text = file.read_text()
    running = release.released("prod")
    assert running is not None
    file.write_text(text.replace(running.model_digest, "a" * 64))
    with pytest.raises(ProjectError, match="was expected"):
        lineage.walk("prod")
