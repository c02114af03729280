"""The Pod Security Standard `restricted`, judged on every pod template in any kind of object.

https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from collections.abc import Iterator
from typing import Any

Mapping = dict[str, Any]

VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
SYSCTLS = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_syncookies",
}


def pods(value: Any) -> Iterator[Mapping]:
    """Yield every pod specification below `value`: a mapping whose containers have images.

    A template of Argo's has one container or a script, and its pod ends.
    """
    if isinstance(value, dict):
        containers = value.get("containers")
        if isinstance(containers, list) and any("image" in c for c in containers):
            yield value
        for kind in ("container", "script"):
            if isinstance(value.get(kind), dict) and "image" in value[kind]:
                container = {"name": kind} | value[kind]
                yield value | {"containers": [container], "restartPolicy": "Never"}
        for child in value.values():
            yield from pods(child)
    elif isinstance(value, list):
        for child in value:
            yield from pods(child)


def containers(pod: Mapping) -> list[Mapping]:
    """Return all containers of a pod."""
    kinds = ("containers", "initContainers", "ephemeralContainers")
    return [container for kind in kinds for container in pod.get(kind) or []]


def violations(pod: Mapping) -> Iterator[str]:
    """Name each control of `restricted` that a pod breaks."""
    yield from _pod_violations(pod)
    for container in containers(pod):
        for problem in _container_violations(container, pod.get("securityContext") or {}):
            yield f"{container['name']}: {problem}"


def _pod_violations(pod: Mapping) -> Iterator[str]:
    for name in ("hostIPC", "hostNetwork", "hostPID"):
        if pod.get(name):
            yield name
    for volume in pod.get("volumes") or []:
        if not VOLUMES.issuperset(volume.keys() - {"name"}):
            yield f"volume {volume['name']}"
    context = pod.get("securityContext") or {}
    for sysctl in context.get("sysctls") or []:
        if sysctl["name"] not in SYSCTLS:
            yield f"sysctl {sysctl['name']}"


def _container_violations(container: Mapping, pod: Mapping) -> Iterator[str]:
    own = container.get("securityContext") or {}
    if own.get("privileged"):
        yield "privileged"
    if own.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation"
    if own.get("procMount", "Default") != "Default":
        yield "procMount"
    if any(port.get("hostPort") for port in container.get("ports") or []):
        yield "hostPort"
    capabilities = own.get("capabilities") or {}
    if "ALL" not in (capabilities.get("drop") or []):
        yield "capabilities are not dropped"
    if not {"NET_BIND_SERVICE"}.issuperset(capabilities.get("add") or []):
        yield "capabilities are added"
    if not own.get("runAsNonRoot", pod.get("runAsNonRoot")):
        yield "runAsNonRoot"
    if own.get("runAsUser", pod.get("runAsUser")) == 0:
        yield "runAsUser 0"
    profile = own.get("seccompProfile") or pod.get("seccompProfile") or {}
    if profile.get("type") not in {"Localhost", "RuntimeDefault"}:
        yield "seccompProfile"
