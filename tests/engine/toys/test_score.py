"""A table of a number with its interval, or of classes, has the answers of the server."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from letters import source

from slipway.families.boosting import Boosting
from slipway.scoring import run
from tests.engine.kit import forget
from tests.engine.toys.kit import (
    APRIL,
    ASKED,
    MAY,
    ask,
    release_everywhere,
    repository,
    train,
)


@pytest.fixture(params=["regression", "multiclass"])
def root(
    request: pytest.FixtureRequest, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Return each product as a repository in which prod has released a model of trees."""
    trees = Boosting(num_iterations=20, learning_rate=0.15, min_child_samples=20)
    monkeypatch.setattr("letters.model.MODEL", trees)
    for place in repository(tmp_path / "product", Path(__file__).parent / request.param):
        forget()
        release_everywhere(train(APRIL, tmp_path / "first"))
        yield place


def test_a_table_has_every_output_of_the_task_as_the_server_says_it(
    root: Path, tmp_path: Path
) -> None:
    rows = source.read_features(APRIL, MAY)
    (tmp_path / "server").mkdir()
    answers = ask(rows, "prod", tmp_path / "server")
    rows.write_parquet(root / "rows.parquet")
    run.main("prod", file="rows.parquet")
    (place,) = (path for path in root.glob("rows.scores-*") if path.is_dir())
    scored = pl.read_parquet(place)
    assert len(scored) == len(rows)
    names = [name for name in answers[0] if name != "key"]
    assert scored.columns[2:] == names
    head = scored.head(ASKED).select(names)
    assert head.rows() == [tuple(answer[name] for name in names) for answer in answers]
