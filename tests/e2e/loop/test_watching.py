"""The loop closes in the cluster: what was predicted is watched, and what is found retrains."""

import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.kit import prometheus, waiting
from tests.e2e.kit.clients import Client
from tests.e2e.kit.delivery import Delivered, Measured
from tests.e2e.kit.workflows import ran, run, runs, said
from tests.e2e.kit.workloads import PROGRAMS

HARMLESS, HARMFUL, AUTUMN = "2013-07", "2013-09", "2013-11"
REJECT_ONCE = PROGRAMS / "reject_once.sh"
ALERTS = {
    *("ChallengersRefused", "ModelBelowObjective", "ModelOld", "MonitorStale"),
    *("TrainingFailed", "WorkflowsAbsent"),
}
FIGURES = ["drifted_columns", "labelled_share", "quality", "refusals"]
FIGURES += ["registered_timestamp_seconds", "value_per_1000", "watched_seconds"]


def served(project: Delivered, environment: str) -> set[str]:
    """Return the digests, 12 characters each, with which an environment answers."""
    answers = Client(project, environment, rate=50, least=50).result().answers
    return {answer.split()[0] for answer in answers}


def serves(project: Delivered, environment: str, digest: str) -> None:
    """Wait until an environment answers with one model alone."""
    waiting.until(lambda: served(project, environment) == {digest[:12]}, 60, project.status)


@pytest.fixture(scope="module", autouse=True)
def replays(released: Delivered) -> Iterator[dict[str, Future[str]]]:
    """Replay two months, one after the other: the second while the monitor looks at the first."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield {
            month: pool.submit(released.make, "replay", f"MONTH={month}", "ENV=prod")
            for month in (HARMLESS, HARMFUL)
        }


@pytest.fixture(scope="module")
def harmful(
    released: Delivered, replays: dict[str, Future[str]], measured: Measured
) -> dict[str, Any]:
    """Let the monitor look at a month in which prod's model is not good enough."""
    replays[HARMFUL].result()
    started = time.monotonic()
    workflow = run(released, "loop", env="prod", month=HARMFUL)
    measured("watch, training, gate and promotion to dev", time.monotonic() - started)
    released.git("pull", "--quiet", "--rebase", "kind", "main")
    released.refresh()
    released.settle()
    measured("from the loop's start until dev serves", time.monotonic() - started)
    return workflow


def test_a_harmless_month_starts_nothing(
    released: Delivered, replays: dict[str, Future[str]]
) -> None:
    before = len(runs(released))
    replays[HARMLESS].result()
    workflow = run(released, "loop", env="prod", month=HARMLESS)
    assert said(workflow, "watch")["decision"] == "keep"
    assert not ran(workflow, "train")
    assert len(runs(released)) == before


def test_a_harmful_month_starts_one_training_and_dev_serves_its_model(
    released: Delivered, harmful: dict[str, Any]
) -> None:
    assert said(harmful, "watch")["decision"] == "retrain"
    assert said(harmful, "gate")["verdict"] == "passed"
    assert ran(harmful, "promote")
    assert released.release("dev")["model-version"] == said(harmful, "gate")["version"]
    serves(released, "dev", released.release("dev")["model-digest"])


def test_staging_and_prod_are_left_to_people(released: Delivered, harmful: dict[str, Any]) -> None:
    changed = released.git("log", "-1", "--name-only", "--format=%an", "--", "environments").split()
    assert changed[-1] == "environments/dev/release.yaml"
    assert served(released, "prod") == {released.release("prod")["model-digest"][:12]}
    assert released.release("prod")["model-digest"] != released.release("dev")["model-digest"]


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_of_the_monitor_reaches_prometheus(
    name: str, released: Delivered, harmful: dict[str, Any]
) -> None:
    query = f"query?query=argo_workflows_model_{name}"

    def known() -> bool:
        found = prometheus.ask(released, query)["result"]
        return [item["metric"]["environment"] for item in found] == ["prod"]

    waiting.until(known, 90, lambda: json.dumps(prometheus.ask(released, "targets"))[:3000])


def test_the_dashboards_are_drawn_from_what_prometheus_knows(
    released: Delivered, harmful: dict[str, Any]
) -> None:
    said = released.make("dashboards", "DAYS=1")
    full = dict(re.findall(r"^(\S+): (\d+) of \d+ panels have data", said, re.M))
    assert full.keys() == {"cost", "model", "model-service", "overview"}
    assert int(full["overview"]) >= 10, said


def test_the_alerts_of_the_loop_are_loaded_and_can_be_evaluated(released: Delivered) -> None:
    groups = prometheus.ask(released, "rules?type=alert")["groups"]
    health = {rule["name"]: rule["health"] for group in groups for rule in group["rules"]}
    assert {name: health.get(name) for name in ALERTS} == dict.fromkeys(ALERTS, "ok")


def test_people_promote_what_the_loop_found_though_a_push_is_rejected_once(
    released: Delivered, harmful: dict[str, Any], measured: Measured
) -> None:
    hook = f"/srv/git/{released.name}.git/hooks/pre-receive"
    git = ("-n", "git", "exec", "--stdin", "deployment/git", "--", "sh", "-c")
    released.kubectl(*git, f"cat > {hook} && chmod +x {hook}", stdin=REJECT_ONCE.read_text())
    run(released, "promote", to="staging")
    assert released.kubectl(*git, f"test -e {hook} || echo gone").strip() == "gone"
    released.git("pull", "--quiet", "--rebase", "kind", "main")
    assert released.git("log", "-1", "--format=%s").startswith("release(staging)")
    released.settle()
    released.make("promote", "TO=prod")
    released.push()
    seconds = released.settle()
    measured("promotion of the retrained model to prod", seconds)
    serves(released, "prod", released.release("dev")["model-digest"])


def test_in_autumn_the_challenger_is_refused_and_nothing_is_released(
    released: Delivered, harmful: dict[str, Any]
) -> None:
    before = released.release("dev")
    released.make("replay", f"MONTH={AUTUMN}", "ENV=prod")
    workflow = run(released, "loop", env="prod", month=AUTUMN)
    assert said(workflow, "watch")["decision"] == "retrain"
    assert said(workflow, "gate")["verdict"] == "refused"
    assert not ran(workflow, "promote")
    released.git("pull", "--quiet", "--rebase", "kind", "main")
    assert released.release("dev") == before
