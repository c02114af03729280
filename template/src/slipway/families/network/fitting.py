"""A network for training rows: how it is built, taught, saved and read again."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from ...errors import ProjectError
from ...features import Array, Matrix
from .. import Checkpoint, TrainingRows
from .learning import Learner, Lesson, parts
from .library import device, import_torch
from .settings import Module, Settings
from .state import Arrays, State, pack, unpack
from .statistics import Statistics, measure

if TYPE_CHECKING:
    from .modules import Answering

UNFIT = (msgspec.DecodeError, RuntimeError, ValueError, KeyError, TypeError)
ROWS_MINIMUM = 20


def new(rows: TrainingRows, settings: Settings) -> "Answering":
    """Return a network that has learned nothing yet, with weights as the seed draws them.

    Raises:
        ProjectError: Its module does not take the parameters, or returns other shapes.
    """
    return _build(rows, measure(rows.features), settings)


def _build(rows: TrainingRows, statistics: Statistics, settings: Settings) -> "Answering":
    from .modules import Answering, ResidualMLP

    import_torch().manual_seed(settings.seed)
    features, outputs = len(rows.names) + len(statistics.gaps), rows.classes or 1
    make: Module = settings.module or ResidualMLP
    try:
        body = make(features, outputs, **settings.body)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ProjectError(
            f"{make.__qualname__} cannot be made of the parameters in model.py: {error}."
        ) from None
    network = Answering(body, statistics, rows.loss, _target(rows))
    _require_shape(network, rows, outputs)
    return network


def _require_shape(network: "Answering", rows: TrainingRows, outputs: int) -> None:
    """Look whether a module returns so many scores a row.

    Raises:
        ProjectError: It does not.
    """
    (some,) = scores(network, np.zeros((2, len(rows.names)), np.float32), size=2)
    expected = (2, outputs)
    if some.shape != expected:
        raise ProjectError(
            f"{type(network.body).__qualname__} returns scores of shape {tuple(some.shape)} for 2 "
            f"rows, and {expected} is needed: a row of scores for each."
        )


def _target(rows: TrainingRows) -> tuple[float, float]:
    """Return mean and deviation of the numbers to predict, in which scores are told."""
    if rows.loss != "squared_error":
        return 0.0, 1.0
    labels = rows.labels.astype(np.float64)
    return float(labels.mean()), float(labels.std()) or 1.0


def targets(rows: TrainingRows) -> Array:
    """Return the labels (n,) as the loss takes them."""
    if rows.loss == "multiclass_log_loss":
        return rows.labels.astype(np.int64)
    mean, deviation = _target(rows)
    return ((rows.labels - mean) / deviation).astype(np.float32)


def teach(
    network: "Answering",
    rows: TrainingRows,
    settings: Settings,
    checkpoint: Checkpoint | None = None,
    taught: Array | None = None,
) -> Learner:
    """Let a network learn `taught` (n,) or (n, m), or else the labels of the rows.

    With a checkpoint it goes on from what is there, and keeps newer states.

    Raises:
        ProjectError: The rows are too few, or what is learned is no number.
    """
    lesson = _lesson(rows, settings, targets(rows) if taught is None else taught)
    learner = _begin(network, lesson, settings, checkpoint.state if checkpoint else b"")
    while not learner.finished:
        learner.advance()
        if checkpoint:
            _tell(checkpoint, learner)
        if checkpoint and checkpoint.due:
            checkpoint.keep(msgspec.msgpack.encode(learner.state()))
    if not learner.best_epoch:
        raise ProjectError(
            "The network learned nothing, its loss is no number: lower learning_rate in model.py, "
            "or look for labels that are far from all others."
        )
    learner.end()
    return learner


def _tell(checkpoint: Checkpoint, learner: Learner) -> None:
    """Show the losses of an epoch that has just ended."""
    if learner.step % learner.batches:
        return
    epoch, losses = len(learner.curve), learner.losses()
    figures = {name: values[-1] for name, values in losses.items()}
    shown = ", ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in figures.items())
    checkpoint.tell(epoch, figures, f"epoch {epoch} of {learner.settings.epochs}: {shown}")


def _lesson(rows: TrainingRows, settings: Settings, taught: Array) -> Lesson:
    count = len(taught)
    if count < ROWS_MINIMUM:
        raise ProjectError(
            f"The model learned nothing from {count} rows: a network needs {ROWS_MINIMUM} and "
            "better thousands, take a longer period."
        )
    held_out = min(count - 1, max(1, round(count * settings.held_out_share)))
    return Lesson(rows.features, taught, held_out)


def _begin(network: "Answering", lesson: Lesson, settings: Settings, state: bytes) -> Learner:
    """Return a learner where the state left it, or at the beginning if that is of another fit."""
    first = pack(network.state_dict())
    learner = Learner(network, lesson, settings, device())
    if not state:
        return learner
    try:
        learner.take(msgspec.msgpack.decode(state, type=State))
    except UNFIT:
        print("the kept state is of another network: the fit begins again", file=sys.stderr)
        network.load_state_dict(unpack(first))
        return Learner(network, lesson, settings, device())
    return learner


def scores(network: "Answering", features: Matrix, size: int) -> Iterator[Any]:
    """Yield the network's scores (b, m) float32 of features (n, k), so many rows at once."""
    torch = import_torch()
    network.eval()
    with torch.no_grad():
        for rows in parts(0, len(features), size):
            part = torch.from_numpy(features[rows])
            yield network.scores(part.to(network.mean.device)).to(torch.float32)


def save(network: "Answering") -> bytes:
    """Return the weights as bytes."""
    return msgspec.msgpack.encode(pack(network.state_dict()), order="deterministic")


def load(content: bytes, rows: TrainingRows, settings: Settings) -> "Answering":
    """Return a network that was saved, on the CPU."""
    tensors = unpack(msgspec.msgpack.decode(content, type=Arrays))
    statistics = Statistics(*(tensors[name].numpy() for name in Statistics._fields))
    network = _build(rows, statistics, settings)
    network.load_state_dict(tensors)
    network.eval()
    return network
