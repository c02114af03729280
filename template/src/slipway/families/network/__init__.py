"""A neural network by PyTorch, the same bytes from the same rows on the same kind of CPU.

What arrives are numbers: `features.py` turns categories into the mean label of each, so there are
no codes that embeddings could be learned for.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from ...errors import ProjectError
from ...files import write_bytes
from .. import CURVE, Checkpoint, Compressed, Parameters, Resources, TrainingRows
from ..space import Range, Space
from . import fitting, library, onnx, smaller
from .settings import BODY, LEARNING, Module, Settings

LOSSES = ("log_loss", "squared_error", "multiclass_log_loss")
FITTED = "network.msgpack"
SPACE: Space = {
    "learning_rate": Range(0.0002, 0.005, log=True),
    "weight_decay": Range(0.0001, 0.1, log=True),
    "batch_size": Range(128, 2048, log=True),
}
BODY_SPACE: Space = {
    "width": Range(32, 512, log=True),
    "blocks": Range(1, 4),
    "dropout": Range(0.0, 0.5),
}


class Network:
    """A family, see `families.Tunable` and `Resumable`.

    `module` makes a `torch.nn.Module` of the project's own: called with the numbers of features
    and of outputs, and with those of the parameters that are none of `settings.LEARNING`, it
    returns one that turns features (n, k) float32 into scores (n, outputs). The features have mean
    0 and deviation 1; those that had gaps in the training come with an indicator of them.
    `space` says which parameters `make tune` tries, and in which limits.
    """

    def __init__(
        self,
        resources: Resources | None = None,
        space: Space | None = None,
        module: Module | None = None,
        **parameters: Any,
    ) -> None:
        own = BODY if module is None else {"module": f"{module.__module__}.{module.__qualname__}"}
        self.parameters: Parameters = {**LEARNING, **own, **parameters}
        self.resources = resources or Resources(memory="4G")
        default = SPACE if module else {**BODY_SPACE, **SPACE}
        self.space = default if space is None else space
        self.module = module

    def tuned(self, parameters: Parameters) -> "Network":
        """Return a network with some parameters in place of its own."""
        kept = {**self.parameters, **parameters}
        kept.pop("module", None)
        return Network(self.resources, self.space, self.module, **kept)

    def fit(self, rows: TrainingRows, directory: Path) -> str:
        """Fit the network, write it to a file, and its losses by epoch to CURVE.

        Raises:
            ProjectError: The loss is none of a network's here, a parameter is wrong, the rows are
                too few, or nothing can be learned from them.
        """
        return self._fit(rows, directory, None)

    def resume(self, rows: TrainingRows, directory: Path, checkpoint: Checkpoint) -> str:
        """Fit as `fit` does; the state is the weights so far, and what the optimiser remembers."""
        return self._fit(rows, directory, checkpoint)

    def _fit(self, rows: TrainingRows, directory: Path, checkpoint: Checkpoint | None) -> str:
        settings = self._settings(rows)
        with library.prepared(settings):
            network = fitting.new(rows, settings)
            if self.module:  # what cannot be served is told now, not after hours
                onnx.export(network, rows.features)
            learner = fitting.teach(network, rows, settings, checkpoint)
            write_bytes(directory / FITTED, fitting.save(network))
        write_bytes(directory / CURVE, msgspec.json.encode(learner.losses()))
        return f"{learner.best_epoch} epochs by {library.device_name()}"

    def export(self, rows: TrainingRows, directory: Path) -> bytes:
        """Convert the network."""
        settings = self._settings(rows)
        with library.prepared(settings):
            return onnx.export(self._fitted(rows, settings, directory), rows.features)

    def compressions(self, rows: TrainingRows, directory: Path) -> Iterator[Compressed]:
        """Yield networks of 8-bit numbers, with fewer units, and small ones taught by this one."""
        settings = self._settings(rows)
        with library.prepared(settings):
            network = self._fitted(rows, settings, directory)
            yield from smaller.smaller(network, rows, settings)

    def _settings(self, rows: TrainingRows) -> Settings:
        if rows.loss not in LOSSES:
            raise ProjectError(
                f"A network minimises {', '.join(LOSSES)}, and the task asks for {rows.loss}: "
                "choose another family in model.py."
            )
        return Settings.of(self.parameters, self.module)

    def _fitted(self, rows: TrainingRows, settings: Settings, directory: Path) -> Any:
        return fitting.load((directory / FITTED).read_bytes(), rows, settings)
