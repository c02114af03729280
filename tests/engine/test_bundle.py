"""A bundle gives predictions, or says what is wrong with its files."""

import hashlib
import pickle
import random
import shutil
from pathlib import Path

import msgspec
import polars as pl
import pytest

from parcels.features import FEATURES
from slipway import bundle
from slipway.bundle import MANIFEST_FILE, MODEL_FILE
from slipway.errors import ProjectError
from slipway.files import write_bytes
from slipway.training_data.columns import to_columns


@pytest.fixture
def copied(bundle_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundle_dir, tmp_path / "copied"))


def test_a_loaded_bundle_gives_a_prediction_for_each_row(
    bundle_dir: Path, parcels: pl.DataFrame
) -> None:
    predictions = bundle.load(bundle_dir).predict(to_columns(parcels))
    assert predictions.shape == (len(parcels),)
    assert ((predictions > 0) & (predictions < 1)).all()


def test_the_digests_of_a_bundle_open_it(bundle_dir: Path) -> None:
    model = bundle.load(bundle_dir)
    again = bundle.load(bundle_dir, model.model_digest, model.manifest_digest)
    assert again.manifest == model.manifest


def test_writing_a_model_again_gives_the_same_bytes(bundle_dir: Path, tmp_path: Path) -> None:
    onnx_bytes = (bundle_dir / MODEL_FILE).read_bytes()
    bundle.write(tmp_path, onnx_bytes, bundle.read_manifest(bundle_dir))
    for file in (MODEL_FILE, MANIFEST_FILE):
        assert (tmp_path / file).read_bytes() == (bundle_dir / file).read_bytes()


@pytest.mark.parametrize("seed", range(50))
def test_a_model_with_one_flipped_bit_is_refused(copied: Path, seed: int) -> None:
    content = bytearray((copied / MODEL_FILE).read_bytes())
    place = random.Random(seed)  # noqa: S311 - a repeatable choice, not a secret
    content[place.randrange(len(content))] ^= 1 << place.randrange(8)
    (copied / MODEL_FILE).write_bytes(content)
    with pytest.raises(ProjectError, match=r"model\.onnx has digest .* was expected"):
        bundle.load(copied)


@pytest.mark.parametrize("size", [0, 1, 1000])
def test_a_truncated_model_is_refused(copied: Path, size: int) -> None:
    (copied / MODEL_FILE).write_bytes((copied / MODEL_FILE).read_bytes()[:size])
    with pytest.raises(ProjectError, match="was damaged or exchanged"):
        bundle.load(copied)


@pytest.mark.parametrize("file", [MODEL_FILE, MANIFEST_FILE])
def test_a_missing_file_is_refused(copied: Path, file: str) -> None:
    (copied / file).unlink()
    with pytest.raises(ProjectError, match=f"{file} cannot be read"):
        bundle.load(copied)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 1}', b"\xff\xfe", b"\x80\x04."])
def test_a_damaged_manifest_is_refused(copied: Path, content: bytes) -> None:
    (copied / MANIFEST_FILE).write_bytes(content)
    with pytest.raises(ProjectError, match="is not a manifest of format 1"):
        bundle.load(copied)


@pytest.mark.parametrize("change", [{"format": 2}, {"surprise": True}, {"decision": None}])
def test_a_manifest_of_another_format_is_refused(copied: Path, change: dict[str, object]) -> None:
    manifest = msgspec.json.decode((copied / MANIFEST_FILE).read_bytes())
    (copied / MANIFEST_FILE).write_bytes(msgspec.json.encode(manifest | change))
    with pytest.raises(ProjectError, match="is not a manifest of format 1"):
        bundle.load(copied)


def test_a_manifest_cannot_name_a_file_elsewhere(copied: Path) -> None:
    manifest = msgspec.json.decode((copied / MANIFEST_FILE).read_bytes())
    manifest["model"]["file"] = "../model.onnx"
    (copied / MANIFEST_FILE).write_bytes(msgspec.json.encode(manifest))
    with pytest.raises(ProjectError, match="is not a manifest of format 1"):
        bundle.load(copied)


def test_another_model_than_the_expected_one_is_refused(bundle_dir: Path) -> None:
    with pytest.raises(ProjectError, match=r"model\.onnx has digest .* but 000000000000"):
        bundle.load(bundle_dir, model_digest="0" * 64)


def test_another_manifest_than_the_expected_one_is_refused(bundle_dir: Path) -> None:
    with pytest.raises(ProjectError, match=r"manifest\.json has digest .* but 000000000000"):
        bundle.load(bundle_dir, manifest_digest="0" * 64)


def test_a_pickle_is_refused_even_with_a_matching_digest(copied: Path) -> None:
    content = pickle.dumps({"model": 1})
    manifest = bundle.read_manifest(copied)
    model = msgspec.structs.replace(manifest.model, sha256=hashlib.sha256(content).hexdigest())
    bundle.write(copied, content, msgspec.structs.replace(manifest, model=model))
    with pytest.raises(ProjectError, match="no ONNX model"):
        bundle.load(copied)


def test_a_model_made_for_other_features_is_refused(
    bundle_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parcels.features.FEATURES", FEATURES[1:])
    with pytest.raises(ProjectError, match="other features than this code computes"):
        bundle.load(bundle_dir)


class OtherEncoder(msgspec.Struct):
    means_of_other_columns: dict[str, float]


def test_a_model_made_by_another_encoder_is_refused(
    bundle_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parcels.features.Encoder", OtherEncoder)
    with pytest.raises(ProjectError, match="other features than this code computes"):
        bundle.load(bundle_dir)


def test_a_write_interrupted_between_its_two_files_is_noticed(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = bundle.read_manifest(copied)

    def fail(path: Path, content: bytes) -> None:
        if path.name == MANIFEST_FILE:
            raise KeyboardInterrupt
        write_bytes(path, content)

    monkeypatch.setattr(bundle, "write_bytes", fail)
    with pytest.raises(KeyboardInterrupt):
        bundle.write(copied, b"another model", manifest)
    with pytest.raises(ProjectError, match="was damaged or exchanged"):
        bundle.load(copied)
