"""A rendered project in the cluster: deliver, push, promote, ask; as its users do."""

import functools
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from offline import binaries, cluster, machine
from tests.e2e.kit import waiting
from tests.e2e.kit.workloads import PROGRAMS

ENVIRONMENTS = ("dev", "staging", "prod")
ARGO = "--namespace=argocd"
REFRESH = "argocd.argoproj.io/refresh"
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
        quiet["GIT_OPTIONAL_LOCKS"] = "0"  # some tests run commands beside a commit
        return machine.run(
            *command, cwd=self.path, env={**environment(self.made), **own, **quiet, **variables}
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
        return self.program("connect", ".venv/bin/python", *arguments)

    def asked(self, name: str, *arguments: str) -> str:
        """Run one of our programs with the cluster's addresses and passwords."""
        return self.connected(str(PROGRAMS / f"{name}.py"), *arguments)

    def program(self, name: str, *arguments: str) -> str:
        """Run one of our programs with the project's Python."""
        return self.python(str(PROGRAMS / f"{name}.py"), *arguments)

    def git(self, *arguments: str) -> str:
        """Run git in the project."""
        return self.run("git", *arguments).strip()

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        """Run kubectl against the cluster."""
        return self.made.kubectl(*arguments, stdin=stdin)

    @property
    def template(self) -> Path:
        """The repository of the template that the project was made of."""
        return self.path.with_name(f"{self.path.name}-template")

    def get(self, kind: str, environment: str, name: str = "") -> Any:
        """Return an object, or all of a kind, of one environment."""
        named = [name] if name else []
        found = self.kubectl("-n", self.namespace(environment), "get", kind, *named, "-o", "json")
        return json.loads(found) if name else json.loads(found)["items"]

    def namespace(self, environment: str) -> str:
        """Name the namespace of an environment or a component."""
        return f"{self.name}-{environment}"

    def manifests(self) -> dict[str, list[dict[str, Any]]]:
        """Return the objects that Argo CD should apply, by the directory that holds them."""
        self.make("manifests")
        place = self.path / "build" / "manifests" / "kind"
        return {
            path.relative_to(place).with_suffix("").as_posix(): [
                item for item in yaml.safe_load_all(path.read_text("utf-8")) if item
            ]
            for path in place.rglob("*.yaml")
        }

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
        names = [item["metadata"]["name"] for item in self.applications()]
        self.kubectl(ARGO, "annotate", "application", *names, f"{REFRESH}=normal", "--overwrite")

    def look_again(self) -> None:
        """Let Argo CD look now, and wait until it has; it takes the mark away then."""
        self.refresh()

        def looked() -> bool:
            marks = [item["metadata"].get("annotations", {}) for item in self.applications()]
            return not any(REFRESH in mark for mark in marks)

        waiting.until(looked, 60, self.status)

    def applications(self) -> list[dict[str, Any]]:
        """Return this project's Applications."""
        items = json.loads(self.kubectl(ARGO, "get", "applications", "-o", "json"))["items"]
        return [item for item in items if item["spec"]["project"].startswith(self.name)]

    def settled(self) -> bool:
        """Tell whether every Application runs the newest commit, as `make status` does."""
        return self.program("settled").strip() == "True"

    def settle(self, seconds: float = 180) -> float:
        """Wait until every Application has settled, twice in a row; return the seconds."""
        started, calm = time.monotonic(), 0

        def twice() -> bool:
            nonlocal calm
            calm = calm + 1 if self.settled() else 0
            return calm == 2

        waiting.until(twice, seconds, self.status)
        return time.monotonic() - started

    def status(self) -> str:
        """Return what `make status` prints."""
        return self.python("-m", "slipway", "status")

    def release(self, environment: str) -> dict[str, str]:
        """Return what Git says that an environment runs."""
        text = (self.path / f"environments/{environment}/release.yaml").read_text("utf-8")
        data: dict[str, str] = yaml.safe_load(text)["data"]
        return data

    def scores(self, environment: str, day: str) -> dict[str, Any]:
        """Return what is in the bucket about a day that an environment's model has scored."""
        found: dict[str, Any] = json.loads(self.asked("scores", environment, day).splitlines()[-1])
        return found

    def edit_release(self, environment: str, **values: str) -> None:
        """Write into a release what no promotion would."""
        path = self.path / f"environments/{environment}/release.yaml"
        document = yaml.safe_load(path.read_text("utf-8"))
        document["data"] |= {key.replace("_", "-"): value for key, value in values.items()}
        path.write_text(yaml.safe_dump(document), "utf-8")


@functools.cache
def environment(made: cluster.Cluster) -> Mapping[str, str]:
    """Return the variables that a user's shell has: the cluster, and kustomize on PATH."""
    files = dict.fromkeys(("CLUSTER_KUBECONFIG", "KUBECONFIG"), str(made.kubeconfig))
    variables = cluster.environment(made.name) | files | {"CLUSTER": made.name}
    if machine.supply() == "offline":
        tools = f"{binaries.build('kustomize')}:{cluster.kubectl().parent}"
        variables["PATH"] = f"{tools}:{os.environ['PATH']}"
    return variables
