"""A project with prices, and what its Prometheus has counted."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from slipway import cli, registry
from tests.engine.clusters.kit import add_cluster

from . import pods
from .meter import prometheus

Cost = Callable[..., list[list[str]]]


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return where a Prometheus is that knows the pods of `pods`."""
    now = datetime.now(UTC)
    directory = tmp_path_factory.mktemp("prometheus")
    with prometheus(directory, pods.remembered(now), pods.shown(now)) as place:
        yield place


@pytest.fixture
def prices(project: Path) -> Path:
    """Return the values of a cluster that has the template's prices."""
    return add_cluster(project, "kind")


@pytest.fixture
def cost(
    address: str,
    prices: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Cost:
    """Return a function that runs the command and returns the words of each line it prints."""
    monkeypatch.setattr(registry, "made_by_pipelines", lambda: {"run-1": 4})

    def run(*words: str) -> list[list[str]]:
        assert cli.main(["cost", "--cluster", "kind", "--prometheus", address, *words]) == 0
        return [line.split() for line in capsys.readouterr().out.splitlines()]

    return run
