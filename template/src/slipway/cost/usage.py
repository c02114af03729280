"""What pods reserved in a window: hours of cores, GiB and GPUs, by what they were reserved for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from ..clusters.prices import Rates
from ..prometheus import Sample, ask
from .window import Window

TOTAL = "pod:reserved:total"  # seconds of a core, a GiB or a GPU since a pod began
AGE = "pod:reserved:seconds"
PRICE = 'price:reserved:hour{capacity="spot",resource="cpu"}'  # as old as TOTAL, and never absent
GPU_USE = "DCGM_FI_DEV_GPU_UTIL"  # percent, where somebody measures it
UNSEEN = "1d"  # for which Prometheus may have been away when the window began
GPU = "nvidia_com_gpu"
Pod = tuple[str, str]  # its uid, and a resource


class Purpose(NamedTuple):
    """What something was reserved for, and on which capacity; an empty text is none."""

    what: str
    version: str
    environment: str
    capacity: str
    run: str


class Hours(NamedTuple):
    """Hours of a core, of a GiB and of a GPU."""

    cpu: float = 0.0
    memory: float = 0.0
    gpu: float = 0.0

    def cost(self, rates: Rates) -> float:
        """Return the price."""
        return (
            self.cpu * rates.cpu_hour
            + self.memory * rates.memory_gib_hour
            + self.gpu * rates.gpu_hour
        )


Usage = Mapping[Purpose, Hours]


def measure(address: str, window: Window) -> Usage:
    """Return what was reserved in a window.

    A pod that began before counts from the window's start. Where its labels changed on the way it
    is several series of one pod, of which the one that went furthest counts.

    Raises:
        ProjectError: Prometheus does not answer.
    """
    length = window.seconds
    last = _furthest(ask(address, f"last_over_time({TOTAL}[{length}s])", window.end))
    offset = f"last_over_time({TOTAL}[{UNSEEN}] offset {length}s)"
    before = _furthest(ask(address, offset, window.end))
    ages = ask(address, f"last_over_time({AGE}[{length}s])", window.end)
    age = {sample.labels["uid"]: sample.value for sample in ages}
    hours: dict[Purpose, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for pod, sample in last.items():
        begun = before[pod].value if pod in before else 0.0
        most = sample.value * min(1.0, length / age.get(pod[0], length))
        used = min(max(sample.value - begun, 0.0), most)
        hours[_purpose(sample.labels)][pod[1]] += used / 3600
    return {
        purpose: Hours(used["cpu"], used["memory"], used[GPU]) for purpose, used in hours.items()
    }


def _furthest(samples: Iterable[Sample]) -> dict[Pod, Sample]:
    ordered = sorted(samples, key=lambda sample: sample.value)
    return {(sample.labels["uid"], sample.labels["resource"]): sample for sample in ordered}


def _purpose(labels: Mapping[str, str]) -> Purpose:
    return Purpose(*(labels.get(name, "") for name in Purpose._fields))


def counted_since(address: str, window: Window) -> datetime | None:
    """Return the first moment of a window of which Prometheus knows something."""
    query = f"min_over_time(timestamp({PRICE})[{window.seconds}s:1m])"
    samples = ask(address, query, window.end)
    if not samples:
        return None
    return datetime.fromtimestamp(min(sample.value for sample in samples), UTC)


def idle_share(address: str, window: Window) -> float | None:
    """Return which share of the time GPUs did nothing; None where nobody measures it."""
    samples = ask(address, f"avg(avg_over_time({GPU_USE}[{window.seconds}s]))", window.end)
    return 1 - samples[0].value / 100 if samples else None
