"""Smaller networks are smaller, and answer almost the same."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from slipway import bundle
from slipway.families import TrainingRows
from slipway.families.network import Network
from slipway.features import Matrix
from tests.engine.families.kit import LOSSES, rows, whole

LARGE: dict[str, Any] = {"width": 96, "epochs": 6, "batch_size": 128, "learning_rate": 0.003}
LIKENESS = {  # correlation with the full network's answers, on few rows to learn from
    "int8-dynamic": 0.999,
    "int8-static": 0.999,
    "prune-48": 0.8,
    "prune-24": 0.7,
    "distil-32": 0.8,
}


class Smaller:
    """A network, what it answers, and its smaller ones by recipe."""

    def __init__(self, data: TrainingRows, place: Path) -> None:
        self.data, self.family, self.place = data, Network(**LARGE), place
        self.full = whole(self.family, data, place)
        self.models = self.again()

    def again(self) -> dict[str, bytes]:
        return dict(self.family.compressions(self.data, self.place))

    def answers(self, onnx_bytes: bytes) -> Matrix:
        return bundle.run(bundle.open_session(onnx_bytes), self.data.features)


@pytest.fixture(scope="module", params=LOSSES)
def smaller(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Smaller:
    return Smaller(rows(request.param), tmp_path_factory.mktemp("network"))


def test_every_way_to_a_smaller_network_is_tried(smaller: Smaller) -> None:
    assert list(smaller.models) == list(LIKENESS)


def test_every_smaller_network_has_fewer_bytes(smaller: Smaller) -> None:
    sizes = {recipe: len(content) for recipe, content in smaller.models.items()}
    assert max(sizes.values()) < len(smaller.full)
    assert sizes["prune-24"] < sizes["prune-48"] < len(smaller.full) / 2


@pytest.mark.parametrize("recipe", LIKENESS)
def test_a_smaller_network_answers_almost_the_same(smaller: Smaller, recipe: str) -> None:
    full = smaller.answers(smaller.full)
    other = smaller.answers(smaller.models[recipe])
    assert (other.shape, other.dtype) == (full.shape, full.dtype)
    for own, answers in zip(full.T, other.T, strict=True):
        assert np.corrcoef(own, answers)[0, 1] > LIKENESS[recipe]


def test_a_pruned_network_computes_less(smaller: Smaller) -> None:
    weights = [
        weight
        for weight in onnx.load_model_from_string(smaller.models["prune-24"]).graph.initializer
        if len(weight.dims) == 2
    ]
    assert len(weights) == 6  # into the network, up and down in two blocks, and out of it
    assert all(min(weight.dims) <= 24 and max(weight.dims) <= 24 for weight in weights)


def test_networks_of_8_bits_hold_8_bits(smaller: Smaller) -> None:
    for recipe in ("int8-dynamic", "int8-static"):
        model = onnx.load_model_from_string(smaller.models[recipe])
        kinds = {weight.data_type for weight in model.graph.initializer if len(weight.dims) == 2}
        assert kinds <= {onnx.TensorProto.INT8, onnx.TensorProto.UINT8}
        assert kinds


def test_the_same_network_gives_the_same_smaller_ones(smaller: Smaller) -> None:
    assert smaller.again() == smaller.models
