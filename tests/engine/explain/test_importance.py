"""What a model relies on: the same figures every time, and the inputs that carry the outcome."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from slipway import bundle
from slipway.contract.importance import Importance
from slipway.contract.manifest import Manifest
from slipway.explain import chart, importance
from slipway.features import Array, Columns
from slipway.objectives import objectives
from slipway.schema import LABEL
from slipway.training_data.columns import read_columns


@pytest.fixture(scope="module")
def manifest(bundle_dir: Path) -> Manifest:
    return bundle.read_manifest(bundle_dir)


def test_each_input_but_the_key_is_measured_the_largest_first(manifest: Manifest) -> None:
    named = {spec.name for spec in manifest.inputs if spec.role != "key"}
    assert {one.input for one in manifest.importance} == named
    losses = [one.loss for one in manifest.importance]
    assert losses == sorted(losses, reverse=True)


def test_the_inputs_that_made_the_outcome_matter_and_others_do_not(manifest: Manifest) -> None:
    losses = {one.input: one.loss for one in manifest.importance}
    assert losses["distance"] > 0.05
    assert abs(losses["pieces"]) < 0.02


def test_equal_rows_give_equal_figures(
    manifest: Manifest, rows_dir: Path, bundle_dir: Path
) -> None:
    rows = read_columns(rows_dir / "holdout.parquet")
    model = bundle.load(bundle_dir)
    again = importance.measure(model.predict, rows, manifest.inputs, objectives())
    assert again == manifest.importance


def test_of_very_many_rows_some_are_enough(
    manifest: Manifest, rows_dir: Path, bundle_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importance, "ROWS_MAXIMUM", 200)
    rows = read_columns(rows_dir / "holdout.parquet")
    sizes = set()

    def predict(columns: Columns) -> Array:
        sizes.add(len(columns[LABEL]))
        return np.linspace(0.1, 0.9, len(columns[LABEL]), dtype=np.float32)

    measured = importance.measure(predict, rows, manifest.inputs, objectives())
    assert max(sizes) <= 200
    assert {(one.loss, one.spread) for one in measured} == {(0.0, 0.0)}


def test_the_picture_has_a_bar_for_each_input_and_no_markup_of_a_name() -> None:
    measured = [Importance("<a>", 0.2, 0.01), Importance("b", -0.01, 0.02)]
    drawn = ElementTree.fromstring(chart.draw(measured, objectives().quality_metric))  # noqa: S314
    tag = "{http://www.w3.org/2000/svg}"
    widths = [float(bar.attrib["width"]) for bar in drawn.iter(f"{tag}rect")]
    assert widths[0] > 300
    assert widths[1] == 0
    assert "<a>" in [text.text for text in drawn.iter(f"{tag}text")]
