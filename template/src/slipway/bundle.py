"""A model as a directory: model.onnx and manifest.json, checked against each other.

A manifest holds no time of day: the same snapshot and code give the same bytes, so two digests
name a model wherever it is kept. Pickles are never read.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from . import project, tasks
from .contract.manifest import Manifest
from .errors import ProjectError
from .features import Array, Columns, Matrix
from .files import write_bytes

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

MODEL_FILE = "model.onnx"
MANIFEST_FILE = "manifest.json"


@dataclass(frozen=True)
class Model:
    """A verified model that can predict."""

    manifest: Manifest
    manifest_digest: str
    session: "InferenceSession"
    task: tasks.Task
    encoder: Any

    @property
    def model_digest(self) -> str:
        """SHA-256 of model.onnx in hex."""
        return self.manifest.model.sha256

    def predict(self, columns: Columns) -> Array:
        """Return the predictions of the task for rows (n,)."""
        features = project.features().transform(columns, self.encoder)
        return self.task.predictions(run(self.session, features), self.manifest.decision)

    def answer(self, predictions: Array) -> dict[str, list[Any]]:
        """Return what clients are told about predictions, a list an output of the task."""
        return self.task.answer(predictions, self.manifest.decision)


def write(directory: Path, onnx_bytes: bytes, manifest: Manifest) -> None:
    """Write a bundle; a crash in between leaves one that `load` refuses.

    Raises:
        ProjectError: The disk is full or the directory cannot be written.
    """
    write_bytes(directory / MODEL_FILE, onnx_bytes)
    text = msgspec.json.format(msgspec.json.encode(manifest, order="deterministic"))
    write_bytes(directory / MANIFEST_FILE, text + b"\n")


def read_manifest(directory: Path) -> Manifest:
    """Read the manifest of the bundle in `directory`; the model file is not looked at.

    Raises:
        ProjectError: The manifest is missing, damaged, or of another format.
    """
    return _decode(_read(directory / MANIFEST_FILE), directory)


class Verified(NamedTuple):
    """A bundle whose bytes are the expected ones."""

    manifest: Manifest
    manifest_digest: str
    onnx_bytes: bytes


def verify(directory: Path, model_digest: str = "", manifest_digest: str = "") -> Verified:
    """Read the bundle in `directory`; its model may have other features than this code's.

    The model file is always checked against the manifest, both against the digests when given.

    Raises:
        ProjectError: A file is missing, damaged, or not the expected one.
    """
    text = _read(directory / MANIFEST_FILE)
    actual_manifest_digest = hashlib.sha256(text).hexdigest()
    _expect(manifest_digest, actual_manifest_digest, directory / MANIFEST_FILE)
    manifest = _decode(text, directory)
    onnx_bytes = _read(directory / MODEL_FILE)
    actual_model_digest = hashlib.sha256(onnx_bytes).hexdigest()
    _expect(manifest.model.sha256, actual_model_digest, directory / MODEL_FILE)
    _expect(model_digest, actual_model_digest, directory / MODEL_FILE)
    return Verified(manifest, actual_manifest_digest, onnx_bytes)


def load(
    directory: Path, model_digest: str = "", manifest_digest: str = "", threads: int = 1
) -> Model:
    """Verify the bundle in `directory` and make it ready to predict on `threads` threads.

    Raises:
        ProjectError: As `verify`, or the model was made by code with other features.
    """
    manifest, digest, onnx_bytes = verify(directory, model_digest, manifest_digest)
    try:
        encoder = _encoder(manifest)
    except msgspec.ValidationError:
        raise ProjectError(
            f"{directory} holds a model with other features than this code computes: "
            f"use the code of commit {manifest.source_commit or 'unknown'} or train again."
        ) from None
    return Model(
        manifest=manifest,
        manifest_digest=digest,
        session=open_session(onnx_bytes, threads),
        task=tasks.find(manifest.task),
        encoder=encoder,
    )


def same_features(manifest: Manifest) -> bool:
    """Tell whether this code computes the features of a model."""
    return manifest.features == list(project.features().FEATURES)


def _encoder(manifest: Manifest) -> Any:
    """Return what a model learned of its training rows, as this code holds it."""
    if not same_features(manifest):
        raise msgspec.ValidationError("the features have other names")
    return msgspec.convert(manifest.encoder, project.features().Encoder)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ProjectError(
            f"{path} cannot be read: {error.strerror}; fetch the model from the registry again."
        ) from None


def _decode(text: bytes, directory: Path) -> Manifest:
    try:
        return msgspec.json.decode(text, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProjectError(
            f"{directory / MANIFEST_FILE} is not a manifest of format 1 ({error}): "
            "fetch the model again, or train it with this version of the code."
        ) from None


def _expect(expected: str, actual: str, path: Path) -> None:
    if expected and expected != actual:
        raise ProjectError(
            f"{path} has digest {actual[:12]} but {expected[:12]} was expected: it was damaged or "
            "exchanged, fetch the model from the registry again."
        )


def run(session: "InferenceSession", features: Matrix) -> Matrix:
    """Return a model's raw outputs (n, m) float32 for features (n, k) float32."""
    raw: Matrix = session.run(None, {"features": features})[0]
    return raw


def open_session(onnx_bytes: bytes, threads: int = 1) -> "InferenceSession":
    """Make an ONNX model ready to run.

    Raises:
        ProjectError: The bytes are no ONNX model that this runtime can run.
    """
    import onnxruntime as ort  # half a second that steps without a model do not pay

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # else a warning for every call with more than one row
    try:
        return ort.InferenceSession(onnx_bytes, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own exceptions share no base class
        raise ProjectError(
            f"This is no ONNX model that can be run ({type(error).__name__}): "
            "fetch it from the registry again."
        ) from None
