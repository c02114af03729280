"""Cost is counted from what kube-state-metrics is told to show, at the prices of the cluster."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kit import manifests
from tests.kit.project import Project

ROOM = "components/monitoring/cost"
Count = Callable[[str, int, int], None]
SHOWN = re.compile(r"--metric-(allowlist|labels-allowlist|annotations-allowlist)=(.*)")
DEFECTS = [
    ("Succeeded|Failed", "Succeeded|Failed|Running"),
    ("time() - (kube_pod_start_time", "time() - 60 - (kube_pod_start_time"),
    ("/ 2 ^ 30", "/ 10 ^ 9"),
    ('node!="", resource=~"cpu|memory|nvidia_com_gpu"}\n            ), "of", "one"', None),
    ('label_karpenter_sh_capacity_type="spot"', 'label_karpenter_sh_capacity_type="on-demand"'),
    (".+-(training|tuning|scoring)-[a-z0-9]+", "(train|training|tuning|scoring)-.+"),
    ('"what", "serving", "environment", ".+"', '"what", "serving", "environment", ""'),
]


def arguments(project: Path) -> list[str]:
    """Return what kube-state-metrics is started with."""
    built = manifests.build(project, "components/monitoring")
    (found,) = (b.object for b in built if (b.kind, b.name) == ("Deployment", "kube-state-metrics"))
    words: list[str] = found["spec"]["template"]["spec"]["containers"][0]["args"]
    return words


def shown(words: list[str]) -> dict[str, str]:
    """Return the three lists of what is shown."""
    return {found[1]: found[2] for found in map(SHOWN.fullmatch, words) if found}


def rules(project: Path) -> str:
    """Return the expressions of the rules."""
    groups = yaml.safe_load((project / ROOM / "rules.yaml").read_text("utf-8"))["groups"]
    return "\n".join(rule["expr"] for group in groups for rule in group["rules"])


def missing(words: list[str], asked: str) -> set[str]:
    """Return what the rules ask for and kube-state-metrics does not show, and the other way."""
    lists = shown(words)
    labels = re.findall(r"[\w./-]+(?=[,\]])", lists["labels-allowlist"])
    annotations = re.findall(r"[\w./-]+(?=[,\]])", lists["annotations-allowlist"])
    told = {f"label_{re.sub(r'[./-]', '_', name)}" for name in labels}
    told |= {f"annotation_{re.sub(r'[./-]', '_', name)}" for name in annotations}
    told |= set(lists["allowlist"].split(","))
    return told ^ set(re.findall(r"\b(?:kube|label|annotation)_(?!replace)\w+", asked))


def recorded(project: Path, cluster: str) -> dict[tuple[str, str], float]:
    """Return the prices that Prometheus is told in a cluster."""
    built = manifests.build(project, "components/monitoring", cluster)
    (found,) = (b.object for b in built if b.name.startswith("rules-cost-"))
    (group,) = yaml.safe_load(found["data"]["prices"])["groups"]
    told = {(r["labels"]["capacity"], r["labels"]["resource"]): r["expr"] for r in group["rules"]}
    return {key: float(text) for key, text in told.items()}


def written(project: Path, cluster: str) -> dict[tuple[str, str], float]:
    """Return the prices of a cluster's values."""
    text = (project / f"clusters/{cluster}/values.yaml").read_text("utf-8")
    prices: dict[str, Any] = yaml.safe_load(text)["prices"]
    names = {"cpu-hour": "cpu", "memory-gib-hour": "memory", "gpu-hour": "nvidia_com_gpu"}
    return {
        (capacity, names[key]): price
        for capacity in ("on-demand", "spot")
        for key, price in prices[capacity].items()
    }


def promtool(room: Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("promtool")
    assert program, "promtool is missing: install the package prometheus."
    command = [program, "test", "rules", "rules.test.yaml"]
    return subprocess.run(command, cwd=room, capture_output=True, text=True)


def test_the_rules_ask_for_exactly_what_is_shown(standard: Project, count: Count) -> None:
    asked = rules(standard.path)
    assert missing(arguments(standard.path), asked) == set()
    count("metrics of pods and nodes", len(shown(arguments(standard.path))), 3)


@pytest.mark.parametrize("name", ["kube_pod_start_time,", "pipeline/runid,", "model-version"])
def test_what_is_not_shown_any_more_is_noticed(name: str, standard: Project) -> None:
    words = [word.replace(name, "") for word in arguments(standard.path)]
    assert len(missing(words, rules(standard.path))) == 1


@pytest.mark.parametrize("cluster", ["kind", "production"])
def test_prometheus_is_told_the_prices_of_its_cluster(
    cluster: str, standard: Project, count: Count
) -> None:
    told = recorded(standard.path, cluster)
    assert told == written(standard.path, cluster)
    count(f"prices {cluster}", len(told), 6)


def test_another_price_is_told_and_restarts_prometheus(standard: Project, tmp_path: Path) -> None:
    project = standard.copy(tmp_path / "project").path
    names = []
    for price in ("0.04048", "1.25"):
        path = project / "clusters/kind/values.yaml"
        path.write_text(path.read_text("utf-8").replace("cpu-hour: 0.04048", f"cpu-hour: {price}"))
        assert recorded(project, "kind")["on-demand", "cpu"] == float(price)
        built = manifests.build(project, "components/monitoring")
        names += [item.name for item in built if item.name.startswith("rules-cost-")]
    assert len(set(names)) == 2


def test_the_rules_do_what_their_tests_say(standard: Project, count: Count) -> None:
    done = promtool(standard.path / ROOM)
    assert done.returncode == 0, done.stdout + done.stderr
    cases = (standard.path / ROOM / "rules.test.yaml").read_text("utf-8")
    count("promtool cost", cases.count("eval_time"), 5)


@pytest.mark.parametrize(("right", "wrong"), DEFECTS, ids=[right[:30] for right, _ in DEFECTS])
def test_a_rule_that_is_off_is_noticed(
    right: str, wrong: str | None, standard: Project, tmp_path: Path
) -> None:
    room = shutil.copytree(standard.path / ROOM, tmp_path / "room")
    path = room / "rules.yaml"
    text = path.read_text("utf-8")
    assert text.count(right) == 1
    path.write_text(text.replace(right, right.replace("cpu|", "") if wrong is None else wrong))
    assert promtool(room).returncode == 1
