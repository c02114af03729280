"""Queues of a cluster: their quotas, what fits into them, and what `make status` shows."""

from pathlib import Path

import pytest

from slipway.clusters import commands, quotas, values, waiting
from slipway.errors import ProjectError
from slipway.families import Resources
from slipway.families.boosting import Boosting
from tests.engine.clusters.kit import add_cluster, change, write
from tests.engine.queues.kit import MADE_ROOM, condition, with_queue, workload
from tests.engine.queues.kit import waiting as waits

VALUES = "clusters/production/values.yaml"
FAULTS = [
    ('cpu: "4"', 'cpu: "0"', "queues.cpu: '0' is not right; write cores above 0"),
    ('cpu: "4"', "cpu: 1000m", "queues.cpu: '1000m' is not right; write cores above 0"),
    ("memory: 16Gi", "memory: 1024Mi", "'1024Mi' is not right; write a size below 1000"),
    ('cpu: "4"', "cpu: 4", "queues.cpu: this must be a text; put it into"),
    ("memory: 16Gi", "memory: 0Gi", "queues.memory: '0Gi' is not right; write a size"),
    ("memory: 16Gi", "memory: 16", "queues.memory: this must be a text"),
    ("memory: 16Gi", "memory: 16Gi\n  gpus: {spot: 1.5, on-demand: 1}", "1.5 is not right; write"),
    ("memory: 16Gi", "memory: 16Gi\n  gpus: {spot: 1, on-demand: 0}", "0 is not right; write a"),
    ("memory: 16Gi", "memory: 16Gi\n  gpus: {spot: 1}", "gpus.on-demand: the value is missing"),
]


@pytest.fixture
def file(project: Path) -> Path:
    return add_cluster(project, "production")


@pytest.mark.parametrize(("old", "new", "said"), FAULTS)
def test_a_quota_that_is_none_is_told_with_its_line(
    old: str, new: str, said: str, file: Path
) -> None:
    change(file, f"  {old}", f"  {new}")
    with pytest.raises(ProjectError) as error:
        values.load("production")
    assert said in str(error.value)
    assert f"{VALUES}:" in str(error.value)


@pytest.fixture
def queued(project: Path, file: Path) -> None:
    """Let the project have the component."""
    with_queue(project)
    write(project / "components/queues/kustomization.yaml", "kind: Kustomization\n")


def told(resources: Resources, patch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return what is said about a model's wishes, by place."""
    patch.setattr("parcels.model.MODEL", Boosting(resources=resources))
    return dict(quotas.places("production"))


@pytest.mark.usefixtures("queued")
@pytest.mark.parametrize(
    ("resources", "key", "said"),
    [
        (Resources(cpu="4500m"), "cpu", "model.py asks for 4500m cores, and all are 4"),
        (Resources(memory="17Gi"), "memory", "asks for 17Gi of memory, and all are 16Gi"),
        (Resources(gpus=1), "gpus", "asks for 1 GPUs of one kind, and all are 0"),
    ],
)
def test_more_than_the_whole_quota_is_told_before_anything_is_applied(
    resources: Resources, key: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((place, do),) = told(resources, monkeypatch).items()
    assert place.startswith(f"{VALUES}:")
    assert place.endswith(f" queues.{key}")
    assert said in do


@pytest.mark.parametrize(("cloud", "most"), [("aws", 4), ("azure", 4)])
def test_a_quota_beyond_the_gpus_of_its_pool_is_told(
    cloud: str, most: int, project: Path, queued: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = add_cluster(project, "production", cloud)
    change(file, "  memory: 16Gi", "  memory: 16Gi\n  gpus: {spot: 3, on-demand: 1}")
    assert told(Resources(gpus=3), monkeypatch) == {}
    change(file, "spot: 3", "spot: 4")
    ((place, do),) = told(Resources(gpus=3), monkeypatch).items()
    assert place.endswith(" queues.gpus")
    assert do.startswith(f"spot and on-demand are 5 GPUs, and the training pool has {most}")


def test_how_many_gpus_google_gives_is_no_value_of_a_cluster(
    project: Path, queued: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = add_cluster(project, "production", "gcp")
    change(file, "  memory: 16Gi", "  memory: 16Gi\n  gpus: {spot: 90, on-demand: 1}")
    assert told(Resources(gpus=1), monkeypatch) == {}


@pytest.mark.usefixtures("queued")
@pytest.mark.parametrize("resources", [Resources(), Resources(cpu="4", memory="16Gi")])
def test_what_fits_is_not_told(resources: Resources, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(resources, monkeypatch) == {}


@pytest.mark.usefixtures("queued")
@pytest.mark.parametrize(
    ("resources", "said"),
    [
        (Resources(gpus=1.5), "asks for 1.5 GPUs: write a whole number"),  # type: ignore[arg-type]
        (Resources(cpu="many"), "model.py asks for 'many' as its cores: write \"500m\""),
    ],
)
def test_a_wish_that_is_none_is_one_sentence(
    resources: Resources, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ProjectError) as error:
        told(resources, monkeypatch)
    assert said in str(error.value)


def test_a_project_without_a_queue_may_wish_anything(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(Resources(cpu="999"), monkeypatch) == {}


@pytest.mark.parametrize(
    ("quantity", "amount"), [("500m", 0.5), ("2", 2), ("2G", 2e9), ("1.5Gi", 1.5 * 2**30)]
)
def test_a_quantity_is_read_as_kubernetes_reads_it(quantity: str, amount: float) -> None:
    assert quotas.amount(quantity) == amount


RUNS = condition("Admitted", "True", "Admitted")
ENDED = condition("Finished", "True", "Succeeded")


def test_the_next_in_the_queue_is_the_most_urgent_then_the_oldest() -> None:
    evicted = condition("Evicted", "True", "Preempted", MADE_ROOM)
    rows = waiting.table(
        [
            workload("young", 200, waits(), second=30),
            workload("trial", 100, waits(), second=1),
            workload("moved", 200, waits(), evicted, second=10),
            workload("runs", 400, RUNS, second=20),
        ]
    )
    assert [row[:3] for row in rows] == [
        ("runs", "trainings", "runs"),
        ("moved", "trainings", "1"),
        ("young", "trainings", "2"),
        ("trial", "trainings", "3"),
    ]
    assert rows[0][5] == ""
    assert rows[1][5].startswith("made room for a more urgent one")


def test_status_shows_what_has_not_ended(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_queue(project)
    items = [workload("ended", 200, ENDED), workload("waits", 200, waits())]
    monkeypatch.setattr(commands, "get", lambda *_: items)
    empty, head, row = waiting.lines()
    assert empty == ""
    assert head.split() == ["TRAINING", "QUEUE", "PLACE", "PRIORITY", "SINCE"]
    assert row.split()[:4] == ["waits", "trainings", "1", "by-hand"]
    items.pop()
    assert waiting.lines() == ["", "No training waits or runs."]


def test_a_cluster_without_kueue_is_one_line_of_status(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_queue(project)

    def fail(*_: str) -> None:
        raise ProjectError("`kubectl get` failed: error: the server has no resource type\nmore")

    monkeypatch.setattr(commands, "get", fail)
    assert waiting.lines()[1:] == [
        "The queue cannot be asked: `kubectl get` failed: error: the server has no resource type"
    ]


def test_status_says_nothing_of_queues_where_there_is_none() -> None:
    assert waiting.lines() == []
