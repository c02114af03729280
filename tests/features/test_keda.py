"""The answer `keda`: requests decide how many pods serve, and nothing else decides it, too."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kit import manifests
from tests.kit.gates import texts
from tests.kit.manifests import BOOTSTRAP, Built
from tests.kit.project import Project, Renderer

ENVIRONMENTS = ("dev", "staging", "prod")
SCALERS = {"HorizontalPodAutoscaler", "ScaledObject"}
WATCHED = "argocd.argoproj.io/manifest-generate-paths"
BEHAVIOR = ("advanced", "horizontalPodAutoscalerConfig", "behavior")


@pytest.fixture(scope="module")
def scaled(render: Renderer) -> Project:
    """A project whose pods are scaled by requests."""
    return render({"keda": True})


def scaler(project: Project, environment: str = "prod") -> dict[str, Any]:
    """Return the one object that scales what serves in an environment."""
    (found,) = scalers(project, environment)
    return found


def scalers(project: Project, environment: str) -> list[dict[str, Any]]:
    built = manifests.build(project.path, f"environments/{environment}")
    return [item.object for item in built if item.kind in SCALERS]


def bootstrap(project: Project, kind: str) -> list[Built]:
    """Return the objects of KEDA's that an administrator applies."""
    built = manifests.build(project.path, BOOTSTRAP)
    return [item for item in built if item.kind == kind and "keda" in item.name]


def write_env(project: Project, environment: str, **figures: str) -> None:
    """Change what an environment says of its size."""
    path = project.path / f"environments/{environment}/env.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    content["data"] |= {key.replace("_", "-"): value for key, value in figures.items()}
    path.write_text(yaml.safe_dump(content), "utf-8")


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize(
    ("keda", "kind"), [(True, "ScaledObject"), (False, "HorizontalPodAutoscaler")]
)
def test_one_object_scales_the_workload_that_names_no_number_itself(
    keda: bool, kind: str, environment: str, render: Renderer
) -> None:
    project = render({"keda": keda})
    one = scaler(project, environment)
    built = manifests.build(project.path, f"environments/{environment}")
    (rollout,) = (item.object for item in built if item.kind == "Rollout")
    target = {key: rollout[key] for key in ("apiVersion", "kind")}
    assert one["kind"] == kind
    assert one["spec"]["scaleTargetRef"] == target | {"name": rollout["metadata"]["name"]}
    assert "replicas" not in rollout["spec"]


def test_a_second_scaler_would_be_seen(scaled: Project, tmp_path: Path) -> None:
    project = scaled.copy(tmp_path / "project")
    path = project.path / "environments/dev/second.yaml"
    path.write_text(yaml.safe_dump(scaler(scaled, "dev") | {"metadata": {"name": "second"}}))
    kustomization = path.with_name("kustomization.yaml")
    kustomization.write_text(f"{kustomization.read_text('utf-8')}  - second.yaml\n", "utf-8")
    assert len(scalers(project, "dev")) == 2


def test_argo_cd_may_remove_the_autoscaler_that_was_there(scaled: Project) -> None:
    """What an AppProject does not allow stays, and two autoscalers block each other."""
    (project,) = (
        built.object["spec"]["namespaceResourceWhitelist"]
        for built in manifests.build(scaled.path, "gitops")
        if (built.kind, built.name) == ("AppProject", "flight-delays")
    )
    assert {entry["kind"] for entry in project} >= SCALERS


def test_without_the_answer_there_is_no_trace_of_it(
    scaled: Project, standard: Project, render: Renderer
) -> None:
    assert render({"keda": False}).files() == standard.files()
    gone = set(scaled.files()) - set(standard.files())
    assert {path.split("/")[0] for path in gone} == {"components", "docs", "gitops"}
    assert len(gone) >= 8
    others = {name: text for name, text in texts(standard.path) if name != "renovate.json"}
    assert len(others) >= 200
    speak = [name for name, text in others.items() if re.search("keda", text, re.I)]
    assert [name for name in speak if not name.startswith("src/slipway/")] == []


def test_argo_cd_builds_an_environment_again_when_what_scales_it_changes(scaled: Project) -> None:
    (paths,) = (
        built.object["spec"]["template"]["metadata"]["annotations"][WATCHED].split(";")
        for built in manifests.build(scaled.path, "gitops")
        if built.name.endswith("-environments") and built.kind == "ApplicationSet"
    )
    text = (scaled.path / "components/serving/kubernetes/kustomization.yaml").read_text("utf-8")
    taken = [line for line in yaml.safe_load(text)["resources"] if line.startswith("../..")]
    assert taken == ["../../keda/serving"]
    assert "/components/keda" in paths


def test_an_environment_says_how_many_requests_a_pod_answers(
    scaled: Project, tmp_path: Path
) -> None:
    project = scaled.copy(tmp_path / "project")
    figures = {"requests_per_second": "50", "requests_active": "7", "scale_down_seconds": "20"}
    write_env(project, "dev", replicas_minimum="3", replicas_maximum="9", **figures)
    spec = scaler(project, "dev")["spec"]
    assert [trigger["metadata"]["threshold"] for trigger in spec["triggers"]] == ["50", "7"]
    assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (3, 9)
    assert spec["fallback"]["replicas"] == 3
    assert behavior(spec)["scaleDown"]["stabilizationWindowSeconds"] == 20


def behavior(spec: dict[str, Any]) -> dict[str, Any]:
    """Return how quickly an autoscaler may act."""
    for key in BEHAVIOR:
        spec = spec[key]
    return spec


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_pods_come_at_once_and_go_slowly_and_never_all(environment: str, scaled: Project) -> None:
    spec = scaler(scaled, environment)["spec"]
    up, down = behavior(spec)["scaleUp"], behavior(spec)["scaleDown"]
    assert up["stabilizationWindowSeconds"] == 0
    assert {(p["type"], p["value"], p["periodSeconds"]) for p in up["policies"]} == {
        ("Percent", 100, 15),
        ("Pods", 4, 15),
    }
    assert down["stabilizationWindowSeconds"] == 300
    assert spec["minReplicaCount"] >= 1
    assert "idleReplicaCount" not in spec


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_figures_that_cannot_be_had_change_nothing(environment: str, scaled: Project) -> None:
    spec = scaler(scaled, environment)["spec"]
    assert spec["fallback"]["behavior"] == "currentReplicasIfHigher"
    assert spec["fallback"]["replicas"] == spec["minReplicaCount"]
    assert {t["metadata"]["ignoreNullValues"] for t in spec["triggers"]} == {"false"}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_is_scaled_by_its_own_requests(environment: str, scaled: Project) -> None:
    for trigger in scaler(scaled, environment)["spec"]["triggers"]:
        named = re.findall(r'environment="(\w+)"', trigger["metadata"]["query"])
        assert named
        assert set(named) == {environment}


def test_the_figures_come_from_the_projects_own_prometheus(scaled: Project) -> None:
    built = manifests.build(scaled.path, "components/monitoring")
    (service,) = (i.object for i in built if (i.kind, i.name) == ("Service", "prometheus"))
    place, (port,) = service["metadata"], service["spec"]["ports"]
    address = f"http://{place['name']}.{place['namespace']}:{port['port']}"
    triggers = scaler(scaled)["spec"]["triggers"]
    assert {trigger["metadata"]["serverAddress"] for trigger in triggers} == {address}
    (policy,) = (i.object for i in built if (i.kind, i.name) == ("NetworkPolicy", "keda"))
    keda = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "keda"}}}
    callers = [
        rule for rule in policy["spec"]["ingress"] if keda.items() <= rule["from"][0].items()
    ]
    assert [rule["ports"] for rule in callers] == [[{"port": 9090}]]


SAMPLES = 'http_requests_total{environment="prod", route="%s", status="200"}'
CASES = {  # series that a Prometheus has, and the requests a second that KEDA is told
    "asked": ({"predictions": "0+6000x8", "ready": "0+10x8"}, 400.0),
    "idle": ({"ready": "0+10x8"}, 0.0),
    "not known": ({"ready": "5"}, None),
}


@pytest.mark.parametrize("name", CASES)
def test_nothing_asked_is_a_number_and_nothing_known_is_none(
    name: str, scaled: Project, tmp_path: Path
) -> None:
    series, value = CASES[name]
    query = scaler(scaled)["spec"]["triggers"][0]["metadata"]["query"]
    program = shutil.which("promtool")
    assert program, "promtool is missing: install the package prometheus."
    listed = [{"series": SAMPLES % route, "values": values} for route, values in series.items()]
    expected = [] if value is None else [{"value": value}]
    case = {"expr": query, "eval_time": "2m", "exp_samples": expected}
    test = {"interval": "15s", "input_series": listed, "promql_expr_test": [case]}
    file = tmp_path / "test.yaml"
    file.write_text(yaml.safe_dump({"rule_files": [], "tests": [test]}), "utf-8")
    done = subprocess.run(
        [program, "test", "rules", file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_use_of_gpus_counts_where_a_cloud_has_them(render: Renderer, scaled: Project) -> None:
    of_cloud = scaler(render({"keda": True, "cloud": "aws"}))["spec"]["triggers"]
    assert of_cloud[:2] == scaler(scaled)["spec"]["triggers"]
    (gpus,) = of_cloud[2:]
    assert gpus["metricType"] == "Value"
    assert gpus["metadata"]["query"] == (
        'avg(DCGM_FI_DEV_GPU_UTIL{namespace="flight-delays-prod"})'
    )
    assert gpus["metadata"]["ignoreNullValues"] == "true"


def test_prometheus_reaches_the_gpus_exporter_and_keeps_its_labels(render: Renderer) -> None:
    project = render({"keda": True, "cloud": "gcp"})
    built = manifests.build(project.path, "components/monitoring")
    (policy,) = (i.object for i in built if (i.kind, i.name) == ("NetworkPolicy", "keda"))
    ports = {port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]}
    text = (project.path / "components/monitoring/prometheus.yaml").read_text("utf-8")
    (job,) = (j for j in yaml.safe_load(text)["scrape_configs"] if j["job_name"] == "gpus")
    assert job["honor_labels"] is True
    assert job["dns_sd_configs"][0]["port"] in ports


def test_the_operator_reads_no_secret_and_scales_only_what_serves(scaled: Project) -> None:
    (role,) = (b.object for b in bootstrap(scaled, "ClusterRole") if b.name == "keda-operator")
    resources = {name for rule in role["rules"] for name in rule["resources"]}
    assert "secrets" not in resources
    assert {name for name in resources if name.endswith("/scale")} == {
        "deployments/scale",
        "rollouts/scale",
    }
    assert not any("*" in rule["resources"] + rule["apiGroups"] for rule in role["rules"])
    jobs = [rule["verbs"] for rule in role["rules"] if "jobs" in rule["resources"]]
    assert jobs == [["get", "list", "watch"]]


def test_the_cluster_is_given_one_keda_of_one_version(scaled: Project) -> None:
    images = {
        container["image"]
        for built in bootstrap(scaled, "Deployment")
        for container in built.object["spec"]["template"]["spec"]["containers"]
    }
    assert images == {
        f"ghcr.io/kedacore/{name}:2.21.0" for name in ("keda", "keda-metrics-apiserver")
    }
    file = scaled.path / BOOTSTRAP / "keda/kustomization.yaml"
    assert re.findall(r"\?ref=(\S+)", file.read_text("utf-8")) == ["v2.21.0"]
    (policy,) = bootstrap(scaled, "NetworkPolicy")
    assert policy.object["spec"]["podSelector"] == {}
