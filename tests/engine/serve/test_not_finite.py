"""What is no finite number is no answer: the request fails with a sentence, and is counted."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from slipway.bundle import Model
from slipway.serve import app
from slipway.serve.limits import Traffic
from slipway.serve.settings import ServeSettings

from .bodies import Body
from .unsound import overflowing


@pytest.fixture
def settings(bundle_dir: Path) -> ServeSettings:
    """Return the settings of a server that keeps nothing."""
    return ServeSettings(model_dir=bundle_dir, capture_store="")


@pytest.fixture(params=[math.nan, math.inf, -math.inf], ids=str)
def unsound(
    request: pytest.FixtureRequest, model: Model, settings: ServeSettings
) -> Iterator[TestClient]:
    """Return a client of a model that answers the first row of a request with no number."""
    broken = overflowing(model, request.param)
    with TestClient(app.create(broken, settings, Traffic())) as client:
        yield client


def test_a_batch_with_such_a_row_is_refused_whole_by_a_sentence(
    unsound: TestClient, route: str, valid: Body
) -> None:
    response = unsound.post(route, json=valid)
    assert response.status_code == 500
    assert response.json()["error"].startswith("the model answered 1 of 3 rows with what is no")


def test_the_row_is_counted_and_no_prediction(unsound: TestClient, route: str, valid: Body) -> None:
    unsound.post(route, json=valid)
    lines = unsound.get("/metrics").text.splitlines()
    assert {"predictions_not_finite_total 1.0", "predictions_total 0.0"} <= set(lines)


def test_a_sound_model_has_none_to_count(
    model: Model, settings: ServeSettings, route: str, valid: Body
) -> None:
    with TestClient(app.create(model, settings, Traffic())) as client:
        assert client.post(route, json=valid).status_code == 200
        assert "predictions_not_finite_total 0.0" in client.get("/metrics").text.splitlines()
