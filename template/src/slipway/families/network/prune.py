"""Structured pruning: a network with fewer units, whose matrices are smaller in fact.

Weights that are only set to 0 save nothing. A unit's strength is the norm of the weights that lead
to it times that of those that lead away, see Li et al., "Pruning filters for efficient ConvNets"
(2017), who take the first alone.
"""

import torch
from torch import nn

from .modules import Answering, ResidualMLP
from .statistics import Statistics


def pruned(network: Answering, width: int) -> Answering:
    """Return a network whose layers keep their `width` strongest units."""
    body = network.body
    kept = _strongest(_stream_strength(body), width)
    smaller = ResidualMLP(body.enter.in_features, body.leave.out_features, width, **body.shape)
    _copy(smaller.enter, body.enter, kept, None)
    for new, old in zip(smaller.blocks, body.blocks, strict=True):
        strength = old.up.weight.norm(dim=1) * old.down.weight.norm(dim=0)
        hidden = _strongest(strength, width)
        _copy(new.up, old.up, hidden, kept)
        _copy(new.down, old.down, kept, hidden)
    _copy(smaller.leave, body.leave, None, kept)
    buffers = network.state_dict()
    statistics = Statistics(*(buffers[name].cpu().numpy() for name in Statistics._fields))
    return Answering(smaller, statistics, network.loss, network.target.tolist())


def _stream_strength(body: ResidualMLP) -> torch.Tensor:
    """Return how much each unit (w,) of what goes past all blocks is written to and read."""
    written = [body.enter.weight, *(block.down.weight for block in body.blocks)]
    read = [body.leave.weight, *(block.up.weight for block in body.blocks)]
    return torch.cat(written, dim=1).norm(dim=1) * torch.cat(read, dim=0).norm(dim=0)


def _strongest(strength: torch.Tensor, count: int) -> torch.Tensor:
    """Return the positions of the strongest units in their order."""
    return strength.argsort(descending=True, stable=True)[:count].sort().values


def _copy(
    new: nn.Linear, old: nn.Linear, outputs: torch.Tensor | None, inputs: torch.Tensor | None
) -> None:
    """Give a layer the weights of some units of another."""
    weight, bias = old.weight, old.bias
    if outputs is not None:
        weight, bias = weight[outputs], bias[outputs]
    if inputs is not None:
        weight = weight[:, inputs]
    with torch.no_grad():
        new.weight.copy_(weight)
        new.bias.copy_(bias)
