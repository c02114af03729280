"""A rendered project in the cluster: deliver, push, promote, ask; as its users do."""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.e2e.harness import binaries, cluster, machine
from tests.kit import versions
from tests.kit.project import answers_of, working_tree

SCENARIO = Path(__file__).parents[1] / "scenarios" / "standard.yml"
ENVIRONMENTS = ("dev", "staging", "prod")
LOAD = Path(__file__).with_name("load.py")
ARGO = "--namespace=argocd"
CONNECT = """
import sys
from slipway.clusters import connect
sys.exit(connect.run("kind", sys.argv[1:]))
"""
Measured = Callable[..., None]  # what, seconds, and the Load meanwhile


@dataclass(frozen=True)
class Delivered:
    """One project with the cluster that it is delivered to."""

    path: Path
    name: str
    made: cluster.Cluster

    def run(self, *command: str, **variables: str) -> str:
        """Run a command in the project, as its Makefile would."""
        own = {"PYTHONPATH": f"{self.path}/src:{self.path}", "PROJECT_ROOT": str(self.path)}
        quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "DVC_NO_ANALYTICS": "true"}
        return machine.run(
            *command, cwd=self.path, env=environment(self.made) | own | quiet | variables
        )

    def python(self, *arguments: str, **variables: str) -> str:
        """Run Python in the project."""
        return self.run(".venv/bin/python", *arguments, **variables)

    def make(self, *arguments: str) -> str:
        """Run one of the project's commands against the cluster."""
        return self.run("make", *arguments, "WHERE=kind", f"CLUSTER={self.made.name}")

    def up(self) -> str:
        """Deliver the project to the cluster, which runs already."""
        return self.run("make", "up", f"CLUSTER={self.made.name}")

    def train(self, as_of: str) -> str:
        """Train on this machine, which is quicker, and register in the cluster."""
        return self.connected("-m", "slipway", "train", "--as-of", as_of)

    def connected(self, *arguments: str) -> str:
        """Run the project's Python with the cluster's addresses and passwords."""
        return self.python("-c", CONNECT, ".venv/bin/python", *arguments)

    def git(self, *arguments: str) -> str:
        """Run git in the project."""
        return self.run("git", *arguments).strip()

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        """Run kubectl against the cluster."""
        return self.made.kubectl(*arguments, stdin=stdin)

    def get(self, kind: str, environment: str, name: str = "") -> Any:
        """Return an object, or all of a kind, of one environment."""
        named = [name] if name else []
        found = self.kubectl("-n", self.namespace(environment), "get", kind, *named, "-o", "json")
        return json.loads(found) if name else json.loads(found)["items"]

    def namespace(self, environment: str) -> str:
        """Name the namespace of an environment or a component."""
        return f"{self.name}-{environment}"

    def built(self, directory: str) -> list[dict[str, Any]]:
        """Return the objects that kustomize makes of a directory."""
        text = self.run("kustomize", "build", directory)
        return [item for item in yaml.safe_load_all(text) if item]

    def commit(self, message: str) -> str:
        """Commit everything and publish it; return the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.push()

    def push(self) -> str:
        """Publish the newest commit and tell Argo CD; return the commit."""
        self.git("push", "--quiet", "kind", "HEAD:main")
        self.refresh()
        return self.git("rev-parse", "HEAD")

    def refresh(self) -> None:
        """Let Argo CD look now instead of within 10 s."""
        for item in self.applications():
            target = f"application/{item['metadata']['name']}"
            flag = "argocd.argoproj.io/refresh=normal"
            self.kubectl(ARGO, "annotate", target, flag, "--overwrite")

    def applications(self) -> list[dict[str, Any]]:
        """Return this project's Applications."""
        items = json.loads(self.kubectl(ARGO, "get", "applications", "-o", "json"))["items"]
        return [item for item in items if item["spec"]["project"].startswith(self.name)]

    def settled(self) -> bool:
        """Tell whether every Application runs the newest commit, as `make status` does."""
        code = "from slipway.clusters import status; print(all(r.settled for r in status.rows()))"
        return self.python("-c", code).strip() == "True"

    def settle(self, seconds: float = 180) -> float:
        """Wait until every Application has settled, twice in a row; return the seconds."""
        started, calm = time.monotonic(), 0

        def twice() -> bool:
            nonlocal calm
            calm = calm + 1 if self.settled() else 0
            return calm == 2

        wait(twice, seconds, lambda: self.status())
        return time.monotonic() - started

    def status(self) -> str:
        """Return what `make status` prints."""
        return self.python("-m", "slipway", "status")

    def release(self, environment: str) -> dict[str, str]:
        """Return what Git says that an environment runs."""
        text = (self.path / f"environments/{environment}/release.yaml").read_text("utf-8")
        data: dict[str, str] = yaml.safe_load(text)["data"]
        return data

    def edit_release(self, environment: str, **values: str) -> None:
        """Write into a release what no promotion would."""
        path = self.path / f"environments/{environment}/release.yaml"
        document = yaml.safe_load(path.read_text("utf-8"))
        document["data"] |= {key.replace("_", "-"): value for key, value in values.items()}
        path.write_text(yaml.safe_dump(document), "utf-8")


def environment(made: cluster.Cluster) -> dict[str, str]:
    """Return the variables that a user's shell has: the cluster, and kustomize on PATH."""
    files = dict.fromkeys(("CLUSTER_KUBECONFIG", "KUBECONFIG"), str(made.kubeconfig))
    variables = cluster.environment(made.name) | files | {"CLUSTER": made.name}
    if machine.supply() == "offline":
        tools = f"{binaries.build('kustomize')}:{cluster.kubectl().parent}"
        variables["PATH"] = f"{tools}:{os.environ['PATH']}"
    return variables


def render(directory: Path, made: cluster.Cluster, **answers: str) -> Delivered:
    """Make a project of version v1.0.0 of the template, with its tools, and deliver nothing yet."""
    template = template_of(directory)
    working_tree(template)
    versions.release(template, "v1.0.0")
    directory.mkdir()
    versions.git(directory, "init", "--quiet", "--initial-branch=main")
    for key, value in {"user.name": "Ada", "user.email": "ada@example.com"}.items():
        versions.git(directory, "config", key, value)
    versions.start(template, "v1.0.0", directory, answers_of(SCENARIO) | answers)
    machine.run("make", "setup", cwd=directory)
    return Delivered(directory, answers.get("project_name", "flight-delays"), made)


def template_of(directory: Path) -> Path:
    """Return the repository of the template that a project was made of."""
    return directory.with_name(f"{directory.name}-template")


@contextmanager
def kept_free(made: cluster.Cluster) -> Iterator[None]:
    """Let nothing new run on the worker, so that draining it later takes no store away."""
    made.kubectl("cordon", f"{made.name}-worker")
    yield
    made.kubectl("uncordon", f"{made.name}-worker")


def wait(condition: Callable[[], bool], seconds: float, explain: Callable[[], str]) -> None:
    """Wait for a condition; say why when it does not come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"after {seconds:.0f} s:\n{explain()}"
        time.sleep(0.5)


@dataclass(frozen=True)
class Load:
    """What came back to a steady stream of requests."""

    answers: Mapping[str, int]
    failures: Mapping[str, int]
    slowest: float

    @property
    def asked(self) -> int:
        """How many requests were sent."""
        return sum(self.answers.values()) + sum(self.failures.values())


class Client:
    """A pod of another namespace that asks an environment's server until its result is wanted."""

    def __init__(
        self, project: Delivered, environment: str, rate: float = 50, least: int = 500
    ) -> None:
        """Start asking, `rate` times a second; at least `least` requests will be sent."""
        self.project, self.patience = project, least / rate + 60
        self.namespace, self.name = f"{project.name}-client", f"client-{environment}"
        labels = {
            f"{project.name}/client": "true",
            "pod-security.kubernetes.io/enforce": "restricted",
        }
        namespace = {"apiVersion": "v1", "kind": "Namespace"}
        self._apply(namespace | {"metadata": {"name": self.namespace, "labels": labels}})
        variables = {
            "BODY": json.dumps(ROW),
            "LEAST": str(least),
            "RATE": str(rate),
            "URL": f"http://serving.{project.namespace(environment)}",
        }
        image = project.release(environment)["serve-image"]
        self._kubectl("delete", "pod", self.name, "--ignore-not-found")
        self._apply(_pod(self.namespace, self.name, image, variables))
        self._kubectl("wait", f"pod/{self.name}", "--for=condition=Ready")

    def _apply(self, item: dict[str, Any]) -> None:
        self.project.kubectl("apply", "--filename=-", stdin=json.dumps(item))

    def _kubectl(self, *arguments: str) -> str:
        return self.project.kubectl("-n", self.namespace, *arguments)

    def result(self) -> Load:
        """End it and return what came back."""
        stop = "import os, signal; os.kill(1, signal.SIGTERM)"
        self._kubectl("exec", self.name, "--", "python", "-c", stop)
        ended = "--for=jsonpath={.status.phase}=Succeeded"
        self._kubectl("wait", f"pod/{self.name}", ended, f"--timeout={self.patience:.0f}s")
        report = json.loads(self._kubectl("logs", self.name).strip().splitlines()[-1])
        return Load(report["answers"], report["failures"], report["slowest"])


ROW = {
    "rows": [
        {
            "scheduled_departure": "2013-05-01T17:45",
            "carrier": "UA",
            "origin": "EWR",
            "dest": "IAH",
            "distance": 1400,
            "temperature": 60,
            "humidity": 50,
            "wind_speed": 10,
            "precipitation": 0,
            "pressure": 1015,
            "visibility": 10,
        }
    ]
}


def _pod(namespace: str, name: str, image: str, variables: dict[str, str]) -> dict[str, Any]:
    container = {
        "name": "client",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python", "-c", LOAD.read_text()],
        "env": [{"name": name, "value": value} for name, value in variables.items()],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "automountServiceAccountToken": False,
            "containers": [container],
            "nodeSelector": {"node-role.kubernetes.io/control-plane": ""},
            "restartPolicy": "Never",
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 10001,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
        },
    }


def release_everywhere(project: Delivered) -> Delivered:
    """Train the first model of a delivered project and release it up to prod."""
    project.train("2013-04-01")
    project.make("gate")
    for target in ENVIRONMENTS:
        project.make("promote", f"TO={target}")
    project.push()
    project.settle(300)
    return project
