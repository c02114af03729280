"""The cluster becomes what Git says, stays that way, and says so when it cannot."""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.kit import waiting
from tests.e2e.kit.clients import Client
from tests.e2e.kit.delivery import ENVIRONMENTS, Delivered, Measured

FED = {"env.yaml", "kustomization.yaml", "namespace.yaml", "release.yaml", "settings.yaml"}


@pytest.fixture(scope="module", autouse=True)
def judged(released: Delivered) -> Iterator[Future[str]]:
    """Train a second model and judge it, beside tests that release none; the gate's words."""

    def judge() -> str:
        released.train("2013-06-01")  # the first that is shown to be better
        return released.make("gate")

    with ThreadPoolExecutor() as pool:
        yield pool.submit(judge)


def differences(wanted: Any, live: Any, path: str = "") -> list[str]:
    """Name each field that Git sets and the cluster has otherwise; what others add is theirs."""
    if isinstance(wanted, dict) and isinstance(live, dict):
        pairs = ((key, value, live.get(key)) for key, value in wanted.items())
        return [d for key, a, b in pairs for d in differences(a, b, f"{path}.{key}")]
    if isinstance(wanted, list) and isinstance(live, list) and len(wanted) == len(live):
        pairs_of_items = enumerate(zip(wanted, live, strict=True))
        return [d for n, (a, b) in pairs_of_items for d in differences(a, b, f"{path}[{n}]")]
    # the API server leaves empty values out
    return [] if wanted == live or (wanted in ("", None, {}, []) and not live) else [path]


def test_every_environment_is_what_git_says_and_stays_so(released: Delivered) -> None:
    for _ in range(2):
        released.settle()
        rows = released.status().splitlines()
        assert all("Synced  Healthy" in row for row in rows[1:]), rows
        released.look_again()
    compared, manifests = 0, released.manifests()
    for environment in ENVIRONMENTS:
        built = manifests[f"environments/{environment}"]
        for wanted, live in zip(built, live_of(released, environment, built), strict=True):
            assert differences(wanted, live) == [], (environment, wanted["kind"])
            compared += 1
    assert compared >= 40


def live_of(project: Delivered, environment: str, built: list[Any]) -> list[Any]:
    """Return what the cluster has of the objects of an environment, in their order."""
    wanted = json.dumps({"apiVersion": "v1", "kind": "List", "items": built})
    where = ("-n", project.namespace(environment))
    found = project.kubectl(*where, "get", "--filename=-", "--output=json", stdin=wanted)
    live = {identity(item): item for item in json.loads(found)["items"]}
    return [live[identity(item)] for item in built]


def identity(item: dict[str, Any]) -> tuple[str, str]:
    """Return what tells an object from the others of its environment."""
    return item["kind"], item["metadata"]["name"]


def test_what_a_hand_changes_comes_back(released: Delivered) -> None:
    namespace = ("-n", released.namespace("dev"))
    patch = json.dumps({"spec": {"minReplicas": 2}})
    wanted = released.get("hpa", "dev", "serving")["spec"]["minReplicas"]
    released.kubectl(*namespace, "patch", "hpa/serving", "--type=merge", f"--patch={patch}")
    released.kubectl(*namespace, "delete", "service/serving-pods")

    def mended() -> bool:
        services = {item["metadata"]["name"] for item in released.get("services", "dev")}
        bound = released.get("hpa", "dev", "serving")["spec"]["minReplicas"]
        return "serving-pods" in services and bound == wanted

    waiting.until(mended, 60, released.status)
    released.settle()


def test_a_removed_file_takes_its_object_along_and_no_data(released: Delivered) -> None:
    for directory, file in (
        ("components/serving/kubernetes", "poddisruptionbudget.yaml"),
        ("components/mlflow", "namespace.yaml"),
    ):
        path = released.path / directory / "kustomization.yaml"
        text = path.read_text("utf-8")
        assert f"  - {file}\n" in text
        path.write_text(text.replace(f"  - {file}\n", ""), "utf-8")
    released.commit("test: remove two objects")
    waiting.until(lambda: not released.get("pdb", "prod"), 60, released.status)
    assert (
        json.loads(
            released.kubectl("get", "namespace", released.namespace("mlflow"), "-o", "json")
        )["status"]["phase"]
        == "Active"
    )
    released.git("revert", "--no-edit", "HEAD")
    released.push()
    waiting.until(lambda: bool(released.get("pdb", "prod")), 60, released.status)
    released.settle()


def test_a_promotion_moves_one_file_and_the_pods_answer_with_the_new_model(
    released: Delivered, judged: Future[str], measured: Measured
) -> None:
    old = released.release("prod")["model-digest"]
    assert "passed" in judged.result()
    for environment in ENVIRONMENTS:
        client = Client(released, environment)
        released.make("promote", f"TO={environment}")
        changed = released.git("show", "--name-only", "--format=", "HEAD").split()
        assert changed == [f"environments/{environment}/release.yaml"]
        released.push()
        seconds = released.settle()
        new = released.release(environment)["model-digest"]
        client.meets(new)
        load = client.result()
        measured(f"promotion to {environment}, from push to Healthy", seconds, load)
        served = {answer.split()[0] for answer in load.answers}
        assert served == {old[:12], new[:12]}
        assert not load.failures
    assert len({json.dumps(_without(released, name)) for name in ENVIRONMENTS}) == 1


def _without(project: Delivered, environment: str) -> dict[str, str]:
    """Return what may not differ between environments after a promotion."""
    directory = project.path / "environments" / environment
    assert {path.name for path in directory.iterdir()} == FED
    own = project.release(environment)
    own.pop("promoted-from")
    return own


def test_a_rollback_is_a_revert(released: Delivered, measured: Measured) -> None:
    client = Client(released, "prod")
    released.make("rollback", "ENV=prod")
    released.push()
    seconds = released.settle(300)
    load = client.result()
    measured("rollback of prod, from push to Healthy", seconds, load)
    assert not load.failures


def test_a_broken_commit_is_visible_and_harms_nothing(
    released: Delivered, measured: Measured
) -> None:
    client = Client(released, "prod")
    path = released.path / "environments/prod/kustomization.yaml"
    path.write_text(path.read_text("utf-8") + "resources: [\n", "utf-8")
    released.commit("test: invalid YAML")
    waiting.until(lambda: "kustomiz" in released.status(), 60, released.status)
    released.git("revert", "--no-edit", "HEAD")
    released.push()
    seconds = released.settle()
    load = client.result()
    measured("invalid YAML taken back, from push to Healthy", seconds, load)
    assert not load.failures


def missed(project: Delivered) -> bool:
    """Tell whether Argo CD has looked for Git and found that it is away."""
    return any(
        condition["type"] == "ComparisonError"
        for item in project.applications()
        for condition in item["status"].get("conditions", [])
    )


def test_argo_cd_recovers_from_a_restart_and_from_git_being_away(
    released: Delivered, measured: Measured
) -> None:
    client = Client(released, "prod")
    released.kubectl("-n", "git", "scale", "deployment/git", "--replicas=0")
    released.kubectl("-n", "argocd", "delete", "pod", "argocd-application-controller-0")
    waiting.until(lambda: "does not answer" in released.status(), 30, released.status)
    released.refresh()
    waiting.until(lambda: missed(released), 120, released.status)
    released.kubectl("-n", "git", "scale", "deployment/git", "--replicas=1")
    released.kubectl("-n", "git", "rollout", "status", "deployment/git", "--timeout=60s")
    seconds = released.settle(240)
    load = client.result()
    measured("Argo CD restarted, Git away, then to Healthy", seconds, load)
    assert not load.failures
