"""What `make cost` says of the cluster is what the API server says of its pods."""

from tests.e2e.kit import pods, waiting
from tests.e2e.kit.delivery import ENVIRONMENTS, Delivered
from tests.e2e.kit.pods import Training
from tests.e2e.kit.workflows import RUN, run_id

SEEN_SECONDS = 90  # until Prometheus has looked at pods that have ended
LABELS = ("what", "model", "environment", "capacity")
FIGURES = ("cpu", "memory", "gpu", "price")
Row = dict[str, str | float]


def cost(project: Delivered) -> list[Row]:
    """Return the rows of the table of the last day."""
    lines = [line.split() for line in project.make("cost", "DAYS=1").splitlines()]
    begin = next(place for place, line in enumerate(lines) if line[:2] == ["what", "model"])
    end = next(place for place, line in enumerate(lines) if line[:1] == ["total"])
    return [
        {
            **dict(zip(LABELS, line[:4], strict=True)),
            **dict(zip(FIGURES, map(number, line[4:]), strict=True)),
        }
        for line in lines[begin + 1 : end]
    ]


def number(text: str) -> float:
    return float(text.replace(",", ""))


def test_a_training_costs_what_its_pods_reserved(released: Delivered, training: Training) -> None:
    run = run_id(training.printed)
    own = [pod for pod in training.pods.values() if pod["metadata"]["labels"].get(RUN) == run]
    assert len(own) >= 12  # two for each step
    expected = sum(map(pods.core_hours, own))
    version = training.printed.splitlines()[-1].split()[1].rstrip(",")
    rows: list[Row] = []

    def counted() -> bool:
        rows[:] = [row for row in cost(released) if row["what"] == "training"]
        rows[:] = [row for row in rows if row["model"] == version]
        return sum(float(row["cpu"]) for row in rows) >= 0.9 * expected

    waiting.until(counted, SEEN_SECONDS, lambda: f"{version}: {expected:.4f} core hours, {rows}")
    assert sum(float(row["cpu"]) for row in rows) <= 1.1 * expected
    assert all(float(row["price"]) > 0 for row in rows)


def test_serving_costs_in_every_environment_what_its_pods_reserve(released: Delivered) -> None:
    rows = cost(released)
    for environment in ENVIRONMENTS:
        own = [row for row in rows if row["environment"] == environment]
        assert {row["what"] for row in own} == {"serving"}
        assert all(float(row["price"]) > 0 for row in own)
        alive = sum(map(pods.core_hours, released.get("pods", environment)))
        assert sum(float(row["cpu"]) for row in own) >= 0.9 * alive > 0
        version = f"v{released.release(environment)['model-version']}"
        assert version in {row["model"] for row in own}


def test_the_platform_costs_too_and_nothing_is_on_spot(released: Delivered) -> None:
    rows = cost(released)
    assert "platform" in {row["what"] for row in rows}
    assert {row["capacity"] for row in rows} == {"on-demand"}
