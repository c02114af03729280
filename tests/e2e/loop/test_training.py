"""Kubeflow trains in pods what a laptop trains in processes, and the registry lets in who may."""

import base64
import json
import re
from typing import Any

from tests.e2e.kit.delivery import Delivered
from tests.e2e.kit.workflows import STEPS, run_id, run_of, succeeded


def test_every_step_succeeds_in_a_pod_of_its_own(released: Delivered, trained: str) -> None:
    assert succeeded(trained) == STEPS
    workflow = run_of(released, trained)
    assert workflow["status"]["phase"] == "Succeeded"
    pods = [node for node in workflow["status"]["nodes"].values() if node["type"] == "Pod"]
    assert len(pods) >= 2 * len(STEPS)
    assert {pod["phase"] for pod in pods} == {"Succeeded"}
    text = released.kubectl("get", "namespace", released.namespace("pipelines"), "-o", "json")
    labels = json.loads(text)["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_a_laptop_trains_the_same_and_finds_its_version(released: Delivered, trained: str) -> None:
    (as_of,) = re.findall(r"as of ([0-9-]{10})", trained)
    own = released.train(as_of).splitlines()[-1]
    assert own.startswith("register")
    assert own.endswith(trained.splitlines()[-1])


def test_artifacts_are_in_the_bucket(released: Delivered, trained: str) -> None:
    run = run_id(trained)
    listed = released.asked("artifacts", released.name).split()
    steps = {path.split("/")[3] for path in listed if run in path}
    assert steps >= STEPS - {"register"}


def test_metrics_are_in_the_registry(released: Delivered, trained: str) -> None:
    found = json.loads(released.asked("candidate", released.name))["metrics"]
    assert 0.6 < found["auc"] < 0.8


# what the account `serving` may not do, though what it asks for exists
WRITES = [
    ("POST", "experiments/update", {"experiment_id": "{experiment}", "new_name": "x"}),
    ("POST", "experiments/delete", {"experiment_id": "{experiment}"}),
    ("POST", "experiments/set-experiment-tag", {"experiment_id": "{experiment}", "key": "k"}),
    ("POST", "runs/create", {"experiment_id": "{experiment}"}),
    ("POST", "runs/update", {"run_id": "{run}", "status": "FAILED"}),
    ("POST", "runs/delete", {"run_id": "{run}"}),
    ("POST", "runs/log-metric", {"run_id": "{run}", "key": "k", "value": 1, "timestamp": 1}),
    ("POST", "runs/log-parameter", {"run_id": "{run}", "key": "k", "value": "v"}),
    ("POST", "runs/log-batch", {"run_id": "{run}"}),
    ("POST", "runs/set-tag", {"run_id": "{run}", "key": "k", "value": "v"}),
    ("POST", "runs/delete-tag", {"run_id": "{run}", "key": "k"}),
    ("PATCH", "registered-models/update", {"name": "{model}", "description": "x"}),
    ("DELETE", "registered-models/delete", {"name": "{model}"}),
    ("POST", "registered-models/rename", {"name": "{model}", "new_name": "x"}),
    ("POST", "registered-models/set-tag", {"name": "{model}", "key": "k", "value": "v"}),
    ("POST", "registered-models/alias", {"name": "{model}", "alias": "a", "version": "1"}),
    ("DELETE", "registered-models/alias", {"name": "{model}", "alias": "champion"}),
    ("POST", "model-versions/create", {"name": "{model}", "source": "runs:/{run}/model"}),
    ("PATCH", "model-versions/update", {"name": "{model}", "version": "1", "description": "x"}),
    ("DELETE", "model-versions/delete", {"name": "{model}", "version": "1"}),
    ("POST", "model-versions/set-tag", {"name": "{model}", "version": "1", "key": "k"}),
    ("POST", "users/create", {"username": "eve", "password": "a-long-password"}),
    ("PATCH", "users/update-admin", {"username": "serving", "is_admin": True}),
    ("PATCH", "users/update-password", {"username": "training", "password": "a-long-password"}),
    ("DELETE", "users/delete", {"username": "training"}),
]


def asked(project: Delivered, account: list[str] | None) -> list[tuple[str, str, int]]:
    """Send every forbidden request as an account, or as nobody; return the answers."""
    found = json.loads(project.asked("candidate", project.name))
    text = json.dumps([(method, f"/api/2.0/mlflow/{path}", body) for method, path, body in WRITES])
    for name, value in {**found, "model": project.name}.items():
        text = text.replace(f"{{{name}}}", str(value))
    answers = project.asked("ask_registry", json.dumps(account), text)
    return [(method, path, status) for method, path, status in json.loads(answers)]


def test_the_registry_lets_nobody_in_without_a_password(released: Delivered) -> None:
    answers = asked(released, None)
    assert len(answers) == len(WRITES)
    assert {status for *_, status in answers} == {401}, answers


def test_the_account_that_serves_may_write_nothing(released: Delivered) -> None:
    secret = released.get("secrets", "mlflow", "accounts")["data"]["serving"]
    answers = asked(released, ["serving", base64.b64decode(secret).decode()])
    assert {status for *_, status in answers} == {403}, answers


# (service account, verb, resource, allowed) in the namespace of pipelines
RIGHTS = [
    *(
        (account, verb, resource, False)
        for account in ("default", "pipeline-runner")
        for verb in ("create", "delete", "patch")
        for resource in ("pods", "secrets", "deployments.apps", "workflows.argoproj.io")
    ),
    *(
        (account, verb, resource, False)
        for account in ("default", "pipeline-runner", "argo", "trainer", "releaser")
        for verb, resource in (
            ("list", "secrets"),
            ("create", "serviceaccounts/token"),
            ("create", "rolebindings.rbac.authorization.k8s.io"),
            ("patch", "rollouts.argoproj.io"),
            ("get", "nodes"),
        )
    ),
    *(
        (account, "create", "workflowtaskresults.argoproj.io", True)
        for account in ("trainer", "releaser")
    ),
    *(
        (account, "create", resource, False)
        for account in ("default", "pipeline-runner", "trainer", "releaser")
        for resource in ("pods/exec", "pods", "jobs.batch")
    ),
    ("argo", "create", "pods/exec", True),  # how the controller ends what runs beside a step
    ("pipeline-runner", "create", "workflowtaskresults.argoproj.io", True),
    ("pipeline-runner", "patch", "workflowtaskresults.argoproj.io", True),
    ("pipeline-runner", "get", "pods", True),
    ("argo", "create", "pods", True),
    ("argo", "patch", "workflows.argoproj.io", True),
]


def review(namespace: str, account: str, verb: str, resource: str) -> dict[str, Any]:
    """Return the question whether an account of a namespace may do something in it."""
    plural, _, group = resource.partition(".")
    name, _, part = plural.partition("/")
    wanted = {"group": group, "resource": name, "subresource": part, "verb": verb}
    owners = "system:serviceaccounts"
    return {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {
            "groups": [owners, f"{owners}:{namespace}", "system:authenticated"],
            "resourceAttributes": {"namespace": namespace, **wanted},
            "user": f"system:serviceaccount:{namespace}:{account}",
        },
    }


def test_every_account_may_do_what_it_needs_and_no_more(released: Delivered) -> None:
    namespace = released.namespace("pipelines")
    reviews = [review(namespace, *asked) for *asked, _ in RIGHTS]
    items = json.dumps({"apiVersion": "v1", "kind": "List", "items": reviews})
    command = ("create", "--filename=-", '--output=jsonpath={.status.allowed}{"\\n"}')
    answers = released.kubectl(*command, stdin=items).split()
    assert len(answers) == len(RIGHTS)
    told = zip(RIGHTS, answers, strict=True)
    assert [right for right, answer in told if (answer == "true") != right[-1]] == []
