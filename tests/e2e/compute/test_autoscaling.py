"""Requests decide how many pods serve: they come and go with the load, and no request is lost.

One pod is meant to answer 100 requests a second, which is the project's own beginning and little
for a server: two cores carry the cluster, the clients and all that they ask.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from hooks.template import load_yaml
from tests.e2e.kit import prometheus, waiting
from tests.e2e.kit.clients import Client, Load
from tests.e2e.kit.delivery import Delivered, Measured
from tests.kit import versions

PLACE = "dev"
FEW, MANY = 20, 380  # requests a second, all the time and at noon
FIGURES = {"requests-active": "10", "requests-per-second": "100", "scale-down-seconds": "30"}
BOUNDS = {"replicas-maximum": "5", "replicas-minimum": "1"}
BLIND = 120  # seconds without figures; pods that go would be gone by then
AT_NOON = 4  # pods: as many as 400 requests a second take
LATENCY = (
    "histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket"
    f'{{environment="{PLACE}",route=~"infer|predictions"}}[1m])))'
)


@dataclass
class Diary:
    """What was to be seen of a ScaledObject, a line for each change."""

    project: Delivered
    began: float = field(default_factory=time.monotonic)
    lines: list[tuple[float, int, int, int]] = field(default_factory=list)

    def look(self, asked: int) -> tuple[int, int]:
        """Return how many pods are wanted and how many are ready; note it if it is new."""
        rollout = self.project.get("rollouts.argoproj.io", PLACE, "serving")
        wanted = rollout["spec"].get("replicas", 1)
        ready = rollout["status"].get("readyReplicas", 0)
        if not self.lines or self.lines[-1][1:] != (asked, wanted, ready):
            self.lines.append((time.monotonic() - self.began, asked, wanted, ready))
        return wanted, ready

    def until(self, true: Callable[[int, int], bool], seconds: float, asked: int) -> None:
        """Wait until something is true of the pods that are wanted and those that are ready."""
        waiting.until(lambda: true(*self.look(asked)), seconds, lambda: str(self))

    def __str__(self) -> str:
        rows = [f"{'seconds':>8} {'requests/s':>11} {'pods':>5} {'ready':>6}"]
        rows += [
            f"{at:>8.0f} {asked:>11} {want:>5} {ready:>6}" for at, asked, want, ready in self.lines
        ]
        return "\n".join(rows)


@dataclass(frozen=True)
class Day:
    """A quiet night, noon, and another night, which begins while figures are missing."""

    latency: float  # of the slowest per cent at noon, in seconds
    blind: set[int]  # pods that were wanted while figures were missing
    pods: list[int]  # wanted, from the beginning to the end
    loads: list[Load]


def standing(item: dict[str, Any], name: str) -> str:
    """Return how a condition of an object stands."""
    listed = item.get("status", {}).get("conditions", [])
    return next((one["status"] for one in listed if one["type"] == name), "")


@pytest.fixture(scope="module")
def scaled(released: Delivered, measured: Measured) -> Delivered:
    """Turn the answer on in a project that serves already, as its users do."""
    released.git("pull", "--quiet", "--rebase", "kind", "main")
    version = load_yaml(released.path / ".copier-answers.yml")["_commit"]
    versions.update(released.path, version, {"keda": True})
    for path in (released.path / "environments").glob("*/env.yaml"):
        content = yaml.safe_load(path.read_text("utf-8"))
        content["data"] |= FIGURES | (BOUNDS if path.parent.name == PLACE else {})
        path.write_text(yaml.safe_dump(content), "utf-8")
    released.git("add", "--all")
    released.git("commit", "--quiet", "--message", "feat: requests scale what serves")
    started = time.monotonic()
    released.up()  # KEDA first, then what asks for it

    def told() -> bool:
        found = released.get("horizontalpodautoscalers", PLACE)
        owners = [item["metadata"].get("ownerReferences", [{}])[0].get("kind") for item in found]
        return owners == ["ScaledObject"] and standing(found[0], "ScalingActive") == "True"

    waiting.until(told, 300, lambda: json.dumps(released.get("horizontalpodautoscalers", PLACE)))
    measured("KEDA brought, until it scales what served before", time.monotonic() - started)
    return released


def latency(project: Delivered) -> float:
    """Return in how many seconds all but one in a hundred of the last minute were answered."""
    (answer,) = prometheus.ask(project, f"query?query={quote(LATENCY)}")["result"]
    return float(answer["value"][1])


def objective(project: Delivered) -> float:
    """Return in how many seconds they should be."""
    content = yaml.safe_load((project.path / "objectives.yaml").read_text("utf-8"))
    return float(content["serving"]["latency_p99_ms"]) / 1000


def resize_prometheus(project: Delivered, replicas: int) -> None:
    """Let Prometheus go, or come back; Git names no number, so Argo CD does not mind."""
    namespace = project.namespace("monitoring")
    deployment = ("-n", namespace, "scale", "deployment/prometheus", f"--replicas={replicas}")
    project.kubectl(*deployment)


def noon(diary: Diary, measured: Measured) -> tuple[Client, float]:
    """Begin to ask much; return who asks, and how quickly enough pods answer."""
    project, began = diary.project, time.monotonic()
    crowd = Client(project, PLACE, rate=MANY, least=MANY * 60, name="noon")
    diary.until(lambda _, ready: ready >= AT_NOON, 240, FEW + MANY)
    measured("from 20 to 400 requests a second, until enough pods", time.monotonic() - began)

    seconds: list[float] = []

    def quick(*_: int) -> bool:
        if time.monotonic() > began + 60:
            seconds.append(latency(project))
        return bool(seconds) and seconds[-1] <= objective(project)

    diary.until(quick, 180, FEW + MANY)
    measured(f"p99 in the server at noon, {seconds[-1] * 1000:.0f} ms", seconds[-1])
    return crowd, seconds[-1]


def blind(diary: Diary, crowd: Client) -> tuple[set[int], Load]:
    """Take Prometheus away, then most requests; return the pods wanted, and what was asked."""
    project = diary.project
    resize_prometheus(project, 0)
    away = ("wait", "pod", "--for=delete", "--selector=app.kubernetes.io/name=prometheus")
    project.kubectl("-n", project.namespace("monitoring"), *away, "--timeout=90s")
    first, load, began = len(diary.lines) - 1, crowd.result(), time.monotonic()

    def given_up(*_: int) -> bool:
        scaler = project.get("scaledobjects.keda.sh", PLACE, "serving")
        return time.monotonic() > began + BLIND and standing(scaler, "Fallback") == "True"

    diary.until(given_up, BLIND + 120, FEW)
    pods = {line[2] for line in diary.lines[first:]}
    resize_prometheus(project, 1)
    return pods, load


@pytest.fixture(scope="module")
def day(scaled: Delivered, measured: Measured) -> Day:
    """Ask little, much, and little again; Prometheus is away when it becomes little."""
    diary = Diary(scaled)
    one = Client(scaled, PLACE, rate=FEW)
    diary.until(lambda wanted, ready: wanted == ready == 1, 300, FEW)
    crowd, seconds = noon(diary, measured)
    pods, load = blind(diary, crowd)
    began = time.monotonic()
    diary.until(lambda wanted, ready: wanted == ready == 1, 420, FEW)
    measured("figures are back: from 400 to 20, until one pod", time.monotonic() - began)
    loads = [one.result(), load]
    for name, found in zip(("all day", "at noon"), loads, strict=True):
        measured(f"load {name}, slowest answer", found.slowest, found)
    for at, asked, want, ready in diary.lines:
        measured(f"  {asked:>3} requests a second: {want} pods wanted, {ready} ready", at)
    return Day(seconds, pods, [line[2] for line in diary.lines], loads)


def test_pods_follow_the_requests_up_and_down(day: Day) -> None:
    assert day.pods[0] == day.pods[-1] == 1
    assert AT_NOON <= max(day.pods) <= int(BOUNDS["replicas-maximum"])


def test_no_request_is_lost_while_pods_come_and_go(day: Day) -> None:
    assert [dict(load.failures) for load in day.loads] == [{}, {}]
    assert sum(load.asked for load in day.loads) >= MANY * 60


def test_answers_are_as_quick_as_the_objective_after_the_first_minute(
    day: Day, scaled: Delivered
) -> None:
    assert day.latency <= objective(scaled)


def test_nothing_flaps_while_prometheus_does_not_answer(day: Day) -> None:
    assert len(day.blind) == 1
    assert min(day.blind) >= AT_NOON


def test_argo_cd_leaves_the_number_of_pods_alone(day: Day, scaled: Delivered) -> None:
    scaled.look_again()
    (row,) = [r for r in scaled.status().splitlines() if scaled.namespace(PLACE) in r]
    assert "Synced  Healthy" in row
