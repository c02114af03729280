"""The modules of PyTorch that a network is made of; importing this takes seconds."""

from typing import Any

import torch
from torch import nn
from torch.nn import functional

from .statistics import Statistics


class Block(nn.Module):  # type: ignore[misc]  # mypy does not look into PyTorch
    """A hidden layer whose result is added to what came in."""

    def __init__(self, width: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.up = nn.Linear(width, hidden)
        self.down = nn.Linear(hidden, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Return (n, width) for (n, width)."""
        return values + self.down(self.dropout(functional.relu(self.up(values))))


class ResidualMLP(nn.Module):  # type: ignore[misc]
    """A multilayer perceptron with residual connections, see He et al. (2016).

    Gorishniy et al., "Revisiting deep learning models for tabular data" (2021), found it hard to
    beat on tables.
    """

    def __init__(
        self, features: int, outputs: int, width: int, blocks: int, dropout: float
    ) -> None:
        super().__init__()
        self.width = width
        self.shape = {"blocks": blocks, "dropout": dropout}
        self.enter = nn.Linear(features, width)
        self.blocks = nn.ModuleList(Block(width, width, dropout) for _ in range(blocks))
        self.leave = nn.Linear(width, outputs)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Return scores (n, outputs) for features (n, k)."""
        values = self.enter(values)
        for block in self.blocks:
            values = block(values)
        return self.leave(functional.relu(values))


class Answering(nn.Module):  # type: ignore[misc]
    """A body that turns features (n, k) into scores (n, m), and what is before and after it.

    Before: what is beyond the values of the training says no more than the last of them, as with
    trees; each feature is brought to mean 0 and deviation 1, a gap to 0, and each that had gaps in
    the training has a second one that is 1 where it has a gap. After: scores become what the
    family's contract says.
    """

    def __init__(
        self, body: nn.Module, statistics: Statistics, loss: str, target: tuple[float, float]
    ) -> None:
        super().__init__()
        self.body = body
        self.loss = loss
        for name, values in statistics._asdict().items():
            self.register_buffer(name, torch.from_numpy(values))
        self.register_buffer("target", torch.tensor(target, dtype=torch.float32))

    def scores(self, features: torch.Tensor) -> torch.Tensor:
        """Return the scores (n, m) of raw features (n, k)."""
        gap = torch.isnan(features)
        within = torch.minimum(torch.maximum(features, self.least), self.greatest)
        values = (torch.where(gap, self.mean, within) - self.mean) * self.scale
        if len(self.gaps):
            gaps = gap.to(torch.float32).index_select(1, self.gaps)
            values = torch.cat([values, gaps], dim=1)
        return self.body(values)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return what `families.Family` says of an ONNX model, (n, m) float32."""
        return self.answers(self.scores(features).to(torch.float32))

    def answers(self, scores: torch.Tensor) -> torch.Tensor:
        """Turn scores into probabilities or numbers."""
        if self.loss == "squared_error":
            return scores * self.target[1] + self.target[0]
        if self.loss == "multiclass_log_loss":
            return functional.softmax(scores, dim=1)
        probability = torch.sigmoid(scores)
        return torch.cat([1 - probability, probability], dim=1)


LOSSES: dict[str, Any] = {
    "log_loss": functional.binary_cross_entropy_with_logits,
    "squared_error": functional.mse_loss,
    "multiclass_log_loss": functional.cross_entropy,
}


def loss(name: str, scores: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return the mean loss of scores (n, m) against targets.

    Targets are (n,), or with multiclass_log_loss (n, m) where they are probabilities.
    """
    scores = scores.to(torch.float32)
    if name != "multiclass_log_loss":
        scores = scores.squeeze(1)
    return LOSSES[name](scores, targets)
