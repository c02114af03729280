"""Whether the model fits into the quota of a cluster's queue, and its GPUs into their pool."""

from collections.abc import Iterator

from ..families import Resources
from ..families.resources import checked
from ..project import model, project
from . import build, document, values
from .content import Queues, Values

ROOM = "components/queues"
FACTORS = {"m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
FACTORS |= {f"{name}i": 2.0**power for name, power in zip("KMGT", (10, 20, 30, 40), strict=True)}


def places(cluster: str) -> Iterator[tuple[str, str]]:
    """Yield each quota that promises too much or grants too little, and what to do."""
    content = values.load(cluster)
    quota = content.queues
    if not project().queue or quota is None or ROOM not in build.applied(cluster):
        return
    faults = [*_ungranted(checked(model().resources), quota), *_without_nodes(content)]
    text = document.parse(values.location(cluster))
    for key, do in faults:
        yield f"{text.file}:{document.line(text.node, ('queues', key))} queues.{key}", do


def _ungranted(wanted: Resources, quota: Queues) -> Iterator[tuple[str, str]]:
    """Yield what the model asks for and the queue can never grant."""
    for key, what, wish, most in _compared(wanted, quota):
        if amount(wish) > amount(most):
            do = f"model.py asks for {wish} {what}, and all are {most}; raise it, or ask for less"
            yield key, do


def _without_nodes(content: Values) -> Iterator[tuple[str, str]]:
    """Yield a quota of GPUs beyond what their pool may have: its trainings would find no node."""
    quota = content.queues.gpus if content.queues else None
    most = content.gpu_nodes.training_maximum if content.gpu_nodes else None
    if quota and most and quota.spot + quota.on_demand > most:
        promised = f"spot and on-demand are {quota.spot + quota.on_demand} GPUs"
        yield "gpus", f"{promised}, and the training pool has {most}; lower them, or raise it"


def _compared(wanted: Resources, quota: Queues) -> Iterator[tuple[str, str, str, str]]:
    """Yield a key of the quota, what it is, the wish and the quota."""
    yield "cpu", "cores", wanted.cpu, quota.cpu
    yield "memory", "of memory", wanted.memory, quota.memory
    most = max(quota.gpus.spot, quota.gpus.on_demand) if quota.gpus else 0
    yield "gpus", "GPUs of one kind", str(wanted.gpus), str(most)


def amount(quantity: str) -> float:
    """Return a quantity of Kubernetes as a number."""
    number = quantity.rstrip("KMGTikm")
    return float(number) * FACTORS.get(quantity[len(number) :], 1)
