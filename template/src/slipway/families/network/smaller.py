"""Smaller networks that answer almost the same."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...features import Array
from .. import Compressed, TrainingRows
from . import fitting, onnx, quantise
from .library import import_torch
from .settings import Settings

if TYPE_CHECKING:
    from .modules import Answering

KEPT_SHARES = (0.5, 0.25)  # of the units, after pruning
FINE_TUNING_EPOCHS = 3
STUDENT = {"width": 32, "blocks": 1, "dropout": 0.0}


def smaller(network: "Answering", rows: TrainingRows, settings: Settings) -> Iterator[Compressed]:
    """Yield each smaller network with its recipe; pruned ones only of the module that ships."""
    from .modules import ResidualMLP

    full = onnx.export(network, rows.features)
    yield Compressed("int8-dynamic", quantise.dynamic(full))
    yield Compressed("int8-static", quantise.static(full, rows.features))
    taught = _taught(network, rows, settings)
    if isinstance(network.body, ResidualMLP):
        for share in KEPT_SHARES:
            yield _pruned(network, rows, settings, share, taught)
    yield _student(rows, settings, taught)


def _pruned(
    network: "Answering", rows: TrainingRows, settings: Settings, share: float, taught: Array
) -> Compressed:
    """Return a network without its weakest units, that learned its answers again."""
    from .prune import pruned

    width = max(1, round(network.body.width * share))
    fewer = pruned(network, width)
    fitting.teach(fewer, rows, replace(settings, epochs=FINE_TUNING_EPOCHS), taught=taught)
    return Compressed(f"prune-{width}", onnx.export(fewer, rows.features))


def _student(rows: TrainingRows, settings: Settings, taught: Array) -> Compressed:
    """Return a small network that learned the answers of the large one.

    Hinton, Vinyals and Dean, "Distilling the knowledge in a neural network" (2015).
    """
    own = replace(settings, module=None, body=STUDENT)
    student = fitting.new(rows, own)
    fitting.teach(student, rows, own, taught=taught)
    return Compressed(f"distil-{STUDENT['width']}", onnx.export(student, rows.features))


def _taught(network: "Answering", rows: TrainingRows, settings: Settings) -> Array:
    """Return what the large network says, as the loss takes it: (n,), and (n, m) of m classes."""
    torch = import_torch()
    answered = fitting.scores(network, rows.features, settings.batch_size)
    own = torch.cat([part.cpu() for part in answered])
    if rows.loss == "multiclass_log_loss":
        return np.asarray(torch.softmax(own, dim=1))
    return np.asarray((torch.sigmoid(own) if rows.loss == "log_loss" else own).squeeze(1))
