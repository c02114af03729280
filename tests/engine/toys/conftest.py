"""A number with its interval, and one of three classes: each a product with its first release."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from slipway.families.boosting import Boosting
from tests.engine.kit import forget
from tests.engine.toys.kit import (
    APRIL,
    CLASS,
    NUMBER,
    Kind,
    Training,
    release_everywhere,
    repository,
    train,
)


@pytest.fixture(scope="module", params=[NUMBER, CLASS], ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Return each product in its turn."""
    found: Kind = request.param
    return found


@pytest.fixture(scope="module")
def root(kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the product as a repository; its model is made of trees."""
    with pytest.MonkeyPatch.context() as patch:
        trees = Boosting(num_iterations=20, learning_rate=0.15, min_child_samples=20)
        patch.setattr("letters.model.MODEL", trees)
        yield from repository(tmp_path_factory.mktemp(kind.name), Path(__file__).parent / kind.name)


@pytest.fixture(autouse=True)
def product(root: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the root of the product, which is this process's project."""
    monkeypatch.setenv("PROJECT_ROOT", str(root))
    forget()
    return root


@pytest.fixture(scope="module")
def first(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Training:
    """Return the first training, released to every environment."""
    return release_everywhere(train(APRIL, tmp_path_factory.mktemp("first")))
