"""A network answers what its export answers, and fits the same twice."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from slipway import bundle
from slipway.errors import ProjectError
from slipway.families import CURVE, Resources, TrainingRows
from slipway.families.network import FITTED, Network, fitting, library
from slipway.families.space import Range
from slipway.features import Array, Matrix
from tests.engine.families.kit import LOSSES, rows, whole

SMALL: dict[str, Any] = {"width": 24, "epochs": 6, "batch_size": 128, "learning_rate": 0.005}
OUTPUTS = {"log_loss": 2, "squared_error": 1, "multiclass_log_loss": 3}
SCRIPT = """
import sys
from pathlib import Path
from slipway.families.network import Network
from tests.engine.families.kit import rows, whole
family = Network(width=24, epochs=2, batch_size=128)
sys.stdout.buffer.write(whole(family, rows("log_loss"), Path(sys.argv[1])))
"""


def exported_answers(onnx_bytes: bytes, features: Matrix) -> Matrix:
    return bundle.run(bundle.open_session(onnx_bytes), features)


def own_answers(family: Network, data: TrainingRows, place: Path, features: Matrix) -> Array:
    """Return what PyTorch itself says."""
    from slipway.families.network.settings import Settings

    settings = Settings.of(family.parameters, family.module)
    network: Any = fitting.load((place / FITTED).read_bytes(), data, settings)
    torch = library.import_torch()
    with torch.no_grad():
        answers: Array = network(torch.from_numpy(features)).numpy()
    return answers


@pytest.mark.parametrize("loss", LOSSES)
def test_the_exported_model_answers_as_the_network(loss: str, tmp_path: Path) -> None:
    family, data = Network(**SMALL), rows(loss)
    exported = exported_answers(whole(family, data, tmp_path), data.features)
    assert (exported.shape[1], exported.dtype.name) == (OUTPUTS[loss], "float32")
    own = own_answers(family, data, tmp_path, data.features)
    assert np.abs(exported - own).max() < 1e-5


@pytest.mark.parametrize("loss", ["log_loss", "multiclass_log_loss"])
def test_probabilities_of_the_classes_are_one_together(loss: str, tmp_path: Path) -> None:
    data = rows(loss)
    exported = exported_answers(whole(Network(**SMALL), data, tmp_path), data.features)
    assert exported.min() >= 0
    assert exported.sum(axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_network_learns_what_the_features_say(loss: str, tmp_path: Path) -> None:
    data = rows(loss)
    exported = exported_answers(whole(Network(**SMALL), data, tmp_path), data.features)
    if loss == "squared_error":
        assert np.corrcoef(exported[:, 0], data.labels)[0, 1] > 0.7
    else:
        assert (exported.argmax(axis=1) == data.labels).mean() > 0.7


def test_numbers_are_told_in_their_own_unit(tmp_path: Path) -> None:
    data = rows("squared_error")
    far = data._replace(labels=data.labels * 1000 + 50_000)
    exported = exported_answers(whole(Network(**SMALL), far, tmp_path), data.features)
    assert exported.mean() == pytest.approx(50_000, rel=0.01)


def test_two_processes_fit_the_same_bytes(tmp_path: Path) -> None:
    models = set()
    for seed, threads in (("0", "1"), ("20", "2")):
        (tmp_path / seed).mkdir()
        command = [sys.executable, "-c", SCRIPT, str(tmp_path / seed)]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads}
        ended = subprocess.run(command, env=environment, check=True, capture_output=True)
        models.add(ended.stdout)
    assert len(models) == 1


def test_another_seed_fits_another_network(tmp_path: Path) -> None:
    data = rows("log_loss", 500)
    models = {whole(Network(**SMALL, seed=seed), data, tmp_path) for seed in (1, 2)}
    assert len(models) == 2


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, np.float32(3e38)], ids=str)
def test_every_value_of_a_feature_is_answered(value: float, tmp_path: Path) -> None:
    data = rows("log_loss", 500)
    onnx_bytes = whole(Network(**SMALL), data, tmp_path)
    answers = exported_answers(onnx_bytes, np.full((2, 6), value, np.float32))
    assert np.isfinite(answers).all()


def test_what_is_beyond_the_training_is_answered_as_the_last_that_is_not(tmp_path: Path) -> None:
    data = rows("log_loss", 500)
    onnx_bytes = whole(Network(**SMALL), data, tmp_path)
    ends = np.stack([np.nanmax(data.features, axis=0), np.nanmin(data.features, axis=0)])
    at, beyond = (exported_answers(onnx_bytes, ends * factor) for factor in (1, 1000))
    assert (at == beyond).all()


def test_a_feature_that_did_not_vary_says_nothing_later(tmp_path: Path) -> None:
    data = rows("log_loss", 500)
    data.features[:, 3] = 7
    onnx_bytes = whole(Network(**SMALL), data, tmp_path)
    before = exported_answers(onnx_bytes, data.features)
    data.features[:, 3] = 9
    assert (exported_answers(onnx_bytes, data.features) == before).all()


def test_the_losses_of_each_epoch_are_left(tmp_path: Path) -> None:
    Network(**SMALL).fit(rows("log_loss"), tmp_path)
    curve = msgspec.json.decode((tmp_path / CURVE).read_bytes(), type=dict[str, list[float]])
    assert set(curve) == {"training_loss", "held_out_loss"}
    assert {len(losses) for losses in curve.values()} == {SMALL["epochs"]}
    assert curve["training_loss"][-1] < curve["training_loss"][0]


def test_a_fit_stops_when_the_newest_rows_are_answered_no_better(tmp_path: Path) -> None:
    data = rows("log_loss", 600)
    data.labels[540:] = 1 - data.labels[540:]  # what holds for the older misleads for the newest
    words = Network(**SMALL | {"epochs": 50, "patience": 2}).fit(data, tmp_path)
    curve = msgspec.json.decode((tmp_path / CURVE).read_bytes(), type=dict[str, list[float]])
    best = int(np.argmin(curve["held_out_loss"])) + 1
    assert words == f"{best} epochs by {library.device_name()}"
    assert len(curve["held_out_loss"]) == best + 2 < 50


def test_a_loss_that_a_network_does_not_minimise_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"asks for hinge: choose another family in model\.py"):
        Network().fit(rows("log_loss")._replace(loss="hinge"), tmp_path)
    assert not (tmp_path / FITTED).exists()


def test_too_few_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="learned nothing from 19 rows"):
        Network().fit(rows("log_loss", 19), tmp_path)


@pytest.mark.parametrize(
    ("parameter", "reason"),
    [
        ({"epochs": 1.5}, "Correct epochs in model.py: 1.5 is no whole number."),
        ({"batch_size": 0}, "Correct batch_size in model.py: 0 is not above 0."),
        ({"learning_rate": "fast"}, "Correct learning_rate in model.py: 'fast' is no number."),
        ({"held_out_share": 1}, "Correct held_out_share .* no share between 0 and 1."),
        ({"weight_decay": -1.0}, "Correct weight_decay .* below 0"),
        ({"mixed_precision": 1}, "Correct mixed_precision .* neither True nor False."),
        ({"widht": 3}, "ResidualMLP cannot be made .* 'widht'"),
        ({"width": -3}, "ResidualMLP cannot be made"),
    ],
    ids=str,
)
def test_a_parameter_that_cannot_be_learned_with_is_one_sentence(
    parameter: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    with pytest.raises(ProjectError, match=reason):
        Network(**parameter).fit(rows("log_loss", 100), tmp_path)


def test_what_is_no_number_is_not_learned(tmp_path: Path) -> None:
    data = rows("squared_error", 200)
    data.labels[5] = np.inf
    with pytest.raises(ProjectError, match="its loss is no number"):
        Network(**SMALL).fit(data, tmp_path)


def test_a_tuned_family_has_the_new_parameters_and_keeps_all_else() -> None:
    family = Network(Resources(cpu="2"), {"width": Range(2, 9)}, width=4, seed=3)
    tuned = family.tuned({"width": 7})
    assert {**family.parameters, "width": 7} == tuned.parameters
    assert (tuned.resources, tuned.space) == (family.resources, family.space)
