"""Clients of a project's servers: pods that ask at a steady rate and count what came back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.e2e.kit import waiting, workloads
from tests.e2e.kit.delivery import Delivered
from tests.e2e.kit.workloads import PROGRAMS

LOAD = PROGRAMS / "load.py"


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
        self,
        project: Delivered,
        environment: str,
        rate: float = 50,
        least: int = 500,
        name: str = "client",
    ) -> None:
        """Start asking, `rate` times a second; at least `least` requests will be sent."""
        self.project, self.patience = project, least / rate + 60
        self.namespace, self.name = f"{project.name}-client", f"{name}-{environment}"
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
        workloads.ready(project.made, self.namespace, f"pod/{self.name}")

    def _apply(self, item: dict[str, Any]) -> None:
        self.project.kubectl("apply", "--filename=-", stdin=json.dumps(item))

    def _kubectl(self, *arguments: str) -> str:
        return self.project.kubectl("-n", self.namespace, *arguments)

    def meets(self, digest: str) -> None:
        """Wait until a model has answered: clients learn of new pods a moment after Argo CD."""

        def met() -> bool:
            return digest[:12] in self._kubectl("logs", self.name)

        waiting.until(met, 60, f"{self.name} has met no {digest[:12]}")

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
