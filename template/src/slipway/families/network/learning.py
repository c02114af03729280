"""How a network learns: batch by batch, until the rows held out are answered no better."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...features import Array, Matrix
from .library import import_torch, mixed_precision
from .settings import Settings
from .state import State, of_optimiser, pack, to_optimiser, unpack

if TYPE_CHECKING:
    from .modules import Answering


@dataclass(frozen=True)
class Lesson:
    """Features (n, k) with targets (n,) or (n, m), oldest first; the newest `held_out` judge."""

    features: Matrix
    targets: Array
    held_out: int


def parts(start: int, end: int, size: int) -> Iterator[slice]:
    """Yield the rows from `start` to `end`, so many at once as the memory has room for."""
    for first in range(start, end, size):
        yield slice(first, min(first + size, end))


class Learner:
    """A network on its way. What is drawn in a batch depends on the seed and its number alone.

    So a fit that goes on from `state` ends in the same weights as one that was not interrupted.
    """

    def __init__(
        self, network: "Answering", lesson: Lesson, settings: Settings, device: Any
    ) -> None:
        self.network, self.lesson, self.device = network.to(device), lesson, device
        self.torch, self.settings = import_torch(), settings
        self.optimiser = self.torch.optim.AdamW(
            network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
        )
        self.rows = len(lesson.targets) - lesson.held_out
        self.batches = math.ceil(self.rows / settings.batch_size)
        self.step, self.best_epoch, self.best = 0, 0, pack(network.state_dict())
        self.curve: list[tuple[float, float]] = []
        self.running = self._zero()
        self.order = np.arange(0)

    @property
    def finished(self) -> bool:
        """Tell whether all epochs are done, or the last ones were no better than one before."""
        epoch = len(self.curve)
        return epoch == self.settings.epochs or epoch - self.best_epoch >= self.settings.patience

    def advance(self) -> None:
        """Learn from one batch, and judge the network when an epoch ends with it."""
        chosen = self._next_rows()
        self.torch.manual_seed(self.settings.seed + self.step)
        for group in self.optimiser.param_groups:
            group["lr"] = self.settings.learning_rate * self._share_of_rate()
        self.network.train()
        self.optimiser.zero_grad()
        loss = self._loss(chosen)
        loss.backward()
        self.optimiser.step()
        self.running += loss.detach().to(self.torch.float64) * len(chosen)
        self.step += 1
        if self.step % self.batches == 0:
            self._judge()

    def _next_rows(self) -> Array:
        """Return which rows the next batch has; an epoch has all of them in an order of its own."""
        epoch, number = divmod(self.step, self.batches)
        if number == 0 or not len(self.order):
            drawn = np.random.default_rng((self.settings.seed, epoch))
            self.order = drawn.permutation(self.rows)
        size = self.settings.batch_size
        return self.order[number * size : (number + 1) * size]

    def _share_of_rate(self) -> float:
        """Fall from 1 to 0 as a cosine does.

        Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts" (2017).
        """
        return 0.5 + 0.5 * math.cos(math.pi * self.step / (self.settings.epochs * self.batches))

    def _loss(self, chosen: Array | slice) -> Any:
        """Return the mean loss on some rows; see `library.mixed_precision`."""
        from .modules import loss

        features = self.torch.from_numpy(self.lesson.features[chosen]).to(self.device)
        targets = self.torch.from_numpy(self.lesson.targets[chosen]).to(self.device)
        with mixed_precision(self.device, self.settings.mixed_precision):
            scores = self.network.scores(features)
        return loss(self.network.loss, scores, targets)

    def _judge(self) -> None:
        """Write the losses of an epoch down, and keep the weights if they are the best so far."""
        self.network.eval()
        total = self._zero()
        with self.torch.no_grad():
            for rows in parts(self.rows, len(self.lesson.targets), self.settings.batch_size):
                total += self._loss(rows).to(self.torch.float64) * (rows.stop - rows.start)
        losses = self.running.item() / self.rows, total.item() / self.lesson.held_out
        self.running = self._zero()
        if losses[1] < min((held_out for _, held_out in self.curve), default=math.inf):
            self.best_epoch, self.best = len(self.curve) + 1, pack(self.network.state_dict())
        self.curve.append(losses)

    def losses(self) -> dict[str, list[float]]:
        """Return the losses by epoch, by the names under which MLflow draws them."""
        taught, held_out = zip(*self.curve, strict=True)
        return {"training_loss": list(taught), "held_out_loss": list(held_out)}

    def _zero(self) -> Any:
        return self.torch.zeros((), dtype=self.torch.float64, device=self.device)

    def state(self) -> State:
        """Return all that `take` needs to go on from here."""
        return State(
            step=self.step,
            running=self.running.item(),
            curve=self.curve,
            best_epoch=self.best_epoch,
            best=self.best,
            weights=pack(self.network.state_dict()),
            optimiser=pack(of_optimiser(self.optimiser)),
        )

    def take(self, state: State) -> None:
        """Go on from a state of the same fit.

        Raises:
            RuntimeError, ValueError, KeyError: It is one of another network.
        """
        self.network.load_state_dict(unpack(state.best))
        self.network.load_state_dict(unpack(state.weights))
        to_optimiser(self.optimiser, unpack(state.optimiser))
        self.step, self.curve = state.step, list(state.curve)
        self.best_epoch, self.best = state.best_epoch, state.best
        self.running = self._zero() + state.running

    def end(self) -> None:
        """Give the network its best weights."""
        self.network.load_state_dict(unpack(self.best))
        self.network.eval()
