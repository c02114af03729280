"""Trainings wait for the quota of their project, the urgent first, and idle quota is lent.

The quota is that of one training. The model of the test rests where rows are many, so that a
training lasts while two cores bring the next ones to the queue.
"""

import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pytest

from hooks.template import load_yaml
from offline import cluster, machine
from tests.e2e.kit import memory, pods, queues, waiting, workloads
from tests.e2e.kit.delivery import Delivered, Measured
from tests.e2e.kit.workflows import run_id
from tests.e2e.kit.workloads import PROGRAMS
from tests.kit import versions

CPU = "300m"  # what one training asks for, and the quota of one
LONG, NEXT, URGENT = "2013-06-01", "2013-02-20", "2013-02-21"  # a window of rows, and a third of it
JOBS = 12  # of each of two projects


@pytest.fixture(scope="module")
def queued(released: Delivered, measured: Measured) -> Delivered:
    """Turn the answer on in a project that trains already, as its users do."""
    released.git("pull", "--quiet", "--rebase", "kind", "main")
    version = load_yaml(released.path / ".copier-answers.yml")["_commit"]
    versions.update(released.path, version, {"queues": True})
    quota = f'queues:\n  cpu: "{CPU}"\n  memory: 4Gi\n\nenvironments:'
    for values in released.path.glob("clusters/*/values.yaml"):
        values.write_text(values.read_text("utf-8").replace("environments:", quota, 1), "utf-8")
    model = (PROGRAMS / "slow_model.py").read_text("utf-8")
    (released.path / "src/flight_delays/model.py").write_text(model, "utf-8")
    released.git("add", "--all")
    released.git("commit", "--quiet", "--message", "feat: trainings wait in a queue")
    started = time.monotonic()
    released.up()
    available = "deployment/kueue-controller-manager"
    released.kubectl("-n", "kueue-system", "rollout", "status", available, "--timeout=180s")

    def active() -> bool:
        text = released.kubectl("get", "clusterqueue", released.name, "--output=json")
        conditions = json.loads(text).get("status", {}).get("conditions", [])
        return any(c["type"] == "Active" and c["status"] == "True" for c in conditions)

    waiting.until(active, 120, lambda: released.kubectl("get", "clusterqueues", "-o", "yaml"))
    measured("queues brought, until a training may wait", time.monotonic() - started)
    return released


class Story(NamedTuple):
    """What `make status` showed while three trainings wanted one quota, and what they printed."""

    waited: list[str]
    printed: dict[str, str]
    pods: dict[str, pods.Pod]


@pytest.fixture(scope="module")
def story(queued: Delivered, measured: Measured) -> Story:
    """Train for long, then two more, one of them urgent, until all three have ended."""
    began = time.monotonic()
    namespace = queued.namespace("pipelines")
    with ThreadPoolExecutor() as pool, pods.told(queued.made, namespace) as found:
        trainings = queues.Trainings(queued, pool)
        trainings.start(LONG)
        (first,) = trainings.until(lambda rows: any(row[2] == "runs" for row in rows), 400)
        trainings.start(NEXT)
        trainings.start(URGENT, "TRAINING_PRIORITY=fix")

        def beside(row: list[str]) -> bool:
            return row[0] != first[0] and row[2] == "1"

        rows = trainings.until(lambda rows: any(map(beside, rows)), 400)
        waited = next(filter(beside, rows))
        printed = {as_of: future.result() for as_of, future in trainings.printed.items()}
    measured("three trainings with the quota of one", time.monotonic() - began)
    return Story(waited, printed, found)


def test_a_training_beyond_the_quota_waits_and_status_says_why(story: Story) -> None:
    assert "the quota is in use" in " ".join(story.waited)
    assert "cpu (shared) needed" in " ".join(story.waited)


def test_the_urgent_one_goes_first_and_the_other_goes_on_where_it_was(
    queued: Delivered, story: Story
) -> None:
    log = queued.asked("step_log", queued.name, run_id(story.printed[LONG]), "train")
    began, _, later = log.partition("made room for a more urgent one")
    assert re.search(r"goes on at second 0\b", began), log
    assert re.search(r"goes on at second [1-9]", later), log


def test_all_of_them_end_with_a_model(queued: Delivered, story: Story) -> None:
    for printed in story.printed.values():
        assert re.search(rf"{queued.name} v\d+, model [0-9a-f]{{12}}", printed.splitlines()[-1])
    jobs = queued.get("jobs", "pipelines")
    assert [item["metadata"]["name"] for item in jobs] == []


def test_steps_reserve_little_and_the_job_what_the_model_wants(story: Story) -> None:
    run = run_id(story.printed[NEXT])
    assert queues.requested(story.pods.values(), run, "Workflow") == {"100m"}
    assert queues.requested(story.pods.values(), run, "Job") == {CPU}


def test_more_than_the_whole_quota_is_one_sentence_before_anything_runs(
    queued: Delivered,
) -> None:
    path = queued.path / "src/flight_delays/model.py"
    kept = path.read_text("utf-8")
    path.write_text(kept.replace('cpu="300m"', 'cpu="2"'), "utf-8")
    with pytest.raises(machine.HarnessError) as error:
        queued.python("-m", "slipway", "readiness")
    path.write_text(kept, "utf-8")
    assert "model.py asks for 2 cores, and all are 300m" in str(error.value)


@pytest.fixture(scope="module")
def shared(
    queued: Delivered, made: cluster.Cluster, measured: Measured
) -> Iterator[list[tuple[str, str]]]:
    """Let two projects ask for more than both may have; yield who was admitted when."""
    own = queued.namespace("pipelines")
    with queues.neighbour(made, CPU) as other:
        started = time.monotonic()
        for number in range(JOBS):
            for namespace in (other.namespace, own):
                job = queues.short_job(f"short-{number:02}", CPU)
                workloads.apply(made, namespace, job)

        def ended() -> bool:
            return len(queues.admitted(made, own, other.namespace)) == 2 * JOBS

        waiting.until(ended, 420, lambda: made.kubectl("get", "workloads", "-A", "-o", "wide"))
        measured(f"{2 * JOBS} short jobs of two projects", time.monotonic() - started)
        yield queues.admitted(made, own, other.namespace)
        made.kubectl("-n", own, "delete", "jobs", *(f"short-{n:02}" for n in range(JOBS)))


def test_two_projects_get_as_much_and_nobody_starves(
    shared: list[tuple[str, str]], queued: Delivered, measured: Measured
) -> None:
    own = queued.namespace("pipelines")
    assert len(shared) == 2 * JOBS >= 20
    half = [namespace for _, namespace in shared[:JOBS]]
    counts = [half.count(own), len(half) - half.count(own)]
    fairness = sum(counts) ** 2 / (2 * sum(count**2 for count in counts))  # Jain's index
    measured(f"fairness, half of the jobs begun: {counts[0]} and {counts[1]}", fairness)
    assert fairness >= 0.9


def test_kueue_is_small_at_rest(queued: Delivered, measured: Measured) -> None:
    (size,) = memory.held(queued.made, "kueue-system").values()
    measured(f"memory of Kueue at rest: {size:.0f} MiB", 0)
    assert 0 < size < 286
