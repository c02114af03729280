"""Somebody who is told of a project's alerts, by a webhook inside the cluster."""

import json
from typing import Any, NamedTuple

from tests.e2e.kit import waiting, workloads
from tests.e2e.kit.delivery import Delivered
from tests.e2e.kit.workloads import PROGRAMS

NAME = "on-call"
UNPRIVILEGED = [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]


class Told(NamedTuple):
    """One alert of one message."""

    at: float  # seconds since 1970
    who: str
    group: str
    status: str
    alert: str
    environment: str
    severity: str


def arrive(project: Delivered) -> None:
    """Begin to listen, and give Alertmanager the two addresses."""
    where = project.namespace(NAME)
    image = project.release("dev")["serve-image"]
    program = (PROGRAMS / "on_call.py").read_text("utf-8")
    pod = workloads.pod(NAME, "", image=image, command=["python", "-c", program])
    pod["spec"]["securityContext"] |= {"runAsUser": 10001, "sysctls": UNPRIVILEGED}
    workloads.apply(project.made, "default", workloads.namespace(where))
    account = f"serviceaccount/default --namespace={where} --for=create --timeout=60s"
    project.kubectl("wait", *account.split())
    workloads.apply(project.made, where, pod, workloads.service(NAME, 443))
    workloads.ready(project.made, where, f"pod/{NAME}")
    address = f"http://{NAME}.{where}.svc.cluster.local:443"
    project.kubectl(
        *("-n", project.namespace("monitoring"), "create", "secret", "generic", "alerts"),
        f"--from-literal=webhook-url={address}/owner",
        f"--from-literal=heartbeat-url={address}/heartbeat",
    )


def told(project: Delivered, who: str = "owner") -> list[Told]:
    """Return what somebody was told, the oldest first."""
    lines = project.kubectl("-n", project.namespace(NAME), "logs", NAME).splitlines()
    found = [Told(**_parsed(line)) for line in lines if line.startswith("{")]
    return [one for one in found if one.who == who]


def _parsed(line: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(line)
    return parsed


def first(project: Delivered, alert: str, status: str, since: float) -> Told | None:
    """Return the first message after a time that says how an alert stands."""
    found = (t for t in told(project) if (t.alert, t.status) == (alert, status) and t.at > since)
    return next(found, None)


def beats(project: Delivered) -> None:
    """Wait until the heartbeat was told of."""
    waiting.until(lambda: told(project, "heartbeat"), 180, "no heartbeat has come")
