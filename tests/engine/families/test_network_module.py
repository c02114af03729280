"""A project's own module takes the place of the one that ships."""

import importlib
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from slipway import bundle
from slipway.errors import ProjectError
from slipway.families.network import FITTED, Network
from slipway.families.space import Range
from slipway.files import write_bytes
from tests.engine.families.kit import LOSSES, interrupted, rows, whole
from tests.engine.kit import ROOT

NAMES = ("a", "hour", "b", "weekday", "c", "d")
HOW_TO = (ROOT / "template/#{ network }#/docs/how-to/use-a-network.md").read_text("utf-8")
FEW: dict[str, Any] = {"epochs": 4, "batch_size": 128, "learning_rate": 0.005}


class Crossed(nn.Module):  # type: ignore[misc]  # mypy does not look into PyTorch
    """Products of features, and a layer on all of them."""

    def __init__(self, features: int, outputs: int, units: int = 12) -> None:
        super().__init__()
        self.left = nn.Linear(features, units)
        self.right = nn.Linear(features, units)
        self.norm = nn.LayerNorm(units)
        self.out = nn.Linear(units, outputs)

    def forward(self, features: Any) -> Any:
        return self.out(self.norm(self.left(features) * self.right(features)))


class Flat(Crossed):
    """Returns (n,) where (n, 1) is needed."""

    def forward(self, features: Any) -> Any:
        return super().forward(features)[:, 0]


class Unknown(Crossed):
    """Needs an operation that ONNX does not have."""

    def forward(self, features: Any) -> Any:
        return super().forward(torch.special.i0(features))


class Deciding(Crossed):
    """Does one thing or the other, as the values are."""

    def forward(self, features: Any) -> Any:
        sign = 1 if features.sum() >= 0 else -1
        return super().forward(features) + sign * len(features)


@pytest.mark.parametrize("loss", LOSSES)
def test_an_own_module_is_fitted_exported_and_made_smaller(loss: str, tmp_path: Path) -> None:
    family, data = Network(module=Crossed, units=64, **FEW), rows(loss)
    full = bundle.run(bundle.open_session(whole(family, data, tmp_path)), data.features)
    smaller = dict(family.compressions(data, tmp_path))
    assert list(smaller) == ["int8-dynamic", "int8-static", "distil-32"]
    for recipe in ("int8-dynamic", "int8-static"):
        answers = bundle.run(bundle.open_session(smaller[recipe]), data.features)
        assert np.corrcoef(full[:, 0], answers[:, 0])[0, 1] > 0.9


def test_an_own_module_goes_on_from_a_checkpoint(tmp_path: Path) -> None:
    family, data = Network(module=Crossed, **FEW), rows("log_loss", 600)
    assert interrupted(family, data, tmp_path, 2, 3) == whole(family, data, tmp_path)


def test_the_parameters_of_an_own_module_are_recorded_and_tuned() -> None:
    family = Network(module=Crossed, units=12, space={"units": Range(4, 64)})
    assert family.parameters["module"] == f"{__name__}.Crossed"
    assert not {"width", "blocks", "dropout"} & family.parameters.keys()
    tuned = family.tuned({"units": 30})
    assert tuned.module is Crossed
    assert tuned.parameters == {**family.parameters, "units": 30}


def test_the_space_of_an_own_module_is_what_every_network_has() -> None:
    assert Network(module=Crossed).space.keys() == {"learning_rate", "weight_decay", "batch_size"}


def test_a_module_that_takes_no_such_parameter_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"Crossed cannot be made of the parameters.*'width'"):
        Network(module=Crossed, width=3).fit(rows("log_loss", 100), tmp_path)


@pytest.mark.parametrize(
    ("module", "sentence"),
    [
        (Flat, r"Flat returns scores of shape \(2,\) for 2 rows, and \(2, 1\) is needed"),
        (Unknown, r"Unknown cannot be written as .*'aten::(special_)?i0'.* use other operations"),
        (Deciding, r"Deciding answers 1 rows otherwise than its ONNX model"),
    ],
)
def test_a_module_that_cannot_be_served_is_told_before_it_learns(
    module: Any, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(ProjectError, match=sentence) as told:
        Network(module=module).fit(rows("squared_error", 200), tmp_path)
    assert "\n" not in str(told.value)
    assert not (tmp_path / FITTED).exists()


@pytest.fixture
def documented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Network:
    """Return the model of the how-to, from the files that it shows."""
    shown = re.findall(r"```python\n# src/<package>/(\w+)\.py\n(.*?)```", HOW_TO, re.S)
    files = {"features": f"FEATURES = {NAMES}\n", "__init__": "", **dict(shown)}
    assert files.keys() == {"features", "__init__", "net", "model"}
    for name, text in files.items():
        write_bytes(tmp_path / "shown" / f"{name}.py", text.encode())
    monkeypatch.syspath_prepend(str(tmp_path))
    model: Network = importlib.import_module("shown.model").MODEL
    return model.tuned({"epochs": 3})


def test_the_module_of_the_how_to_is_fitted_and_served(documented: Network, tmp_path: Path) -> None:
    data = rows("log_loss")._replace(names=NAMES)
    exported = bundle.run(bundle.open_session(whole(documented, data, tmp_path)), data.features)
    assert (exported.argmax(axis=1) == data.labels).mean() > 0.6
    assert interrupted(documented, data, tmp_path, 2, 3) == whole(documented, data, tmp_path)
    assert documented.tuned({"units": 20}).parameters["units"] == 20
