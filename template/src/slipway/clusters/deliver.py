"""`slipway deliver CLUSTER`: put the project into a running local cluster.

Storage and Argo CD start while the images are built, then comes the repository: from there on the
cluster becomes what Git says.
"""

import hashlib
import secrets
import time
from collections.abc import Callable

from ..errors import ProjectError
from . import bootstrap, build, commands, images, status, storage, values
from .commands import kubectl, name, root
from .target import local
from .values import LOCAL

GIT = "http://127.0.0.1:30418"
MARK = "local-cluster/bootstrap"  # annotation: which project brought Argo CD, in which version
SECONDS = 600


def deliver(cluster: str) -> None:
    """Bring everything up to the repository's newest commit and wait until it runs.

    Raises:
        ProjectError: The values of kind are wrong, the cluster is not the one that was asked for,
            or something does not run.
    """
    values.load(LOCAL)
    target = local(cluster)
    target.verify()
    commands.choose(target)
    step("start", begin)
    step("images", lambda: images.ensure(cluster))
    step("storage", storage.finish)
    step("Argo CD", finish_bootstrap)
    step("repository", push)
    step("applications", settle)
    print(status.table())
    print("Git: git push kind HEAD:main    Argo CD:", *target.kubectl, "-n argocd get applications")


def step(name: str, action: Callable[[], None]) -> None:
    """Do one step and say how long it took."""
    print(f"  {name:<14}", end="", flush=True)
    started = time.monotonic()
    try:
        action()
    except ProjectError:
        print()  # the reason begins a line of its own
        raise
    print(f"{time.monotonic() - started:5.1f} s", flush=True)


def begin() -> None:
    """Start what takes its time by itself: the stores, and Argo CD."""
    storage.begin()
    if _mark_to_set():
        _begin_bootstrap()


def _begin_bootstrap() -> None:
    """Install Argo CD and what all projects of the cluster share."""
    kubectl("apply", "--server-side", "--filename", "gitops/bootstrap/argo-cd/namespace.yaml")
    if not commands.get(
        "secrets", "--namespace=argocd", "--field-selector=metadata.name=argocd-redis"
    ):
        password = f"--from-literal=auth={secrets.token_hex(16)}"
        kubectl("--namespace=argocd", "create", "secret", "generic", "argocd-redis", password)
    commands.apply(build.bootstrap(LOCAL))


def finish_bootstrap() -> None:
    """Wait until Argo CD runs, add what its cluster's queues share, and note who has brought it."""
    mark = _mark_to_set()
    if not mark:
        return
    workloads = ("deployment/argocd-repo-server", "statefulset/argocd-application-controller")
    for workload in (*workloads, "deployment/argocd-applicationset-controller"):
        kubectl("--namespace=argocd", "rollout", "status", workload, "--timeout=300s")
    bootstrap.share(LOCAL, commands.MANAGER)
    kubectl("annotate", "--overwrite", "namespace", "argocd", f"{MARK}={mark}")


def _mark_to_set() -> str:
    """Return what Argo CD's namespace has to say; empty when it does, or another project's does."""
    mark = f"{name()} {_fingerprint()}"
    found = commands.get("namespaces", "--field-selector", "metadata.name=argocd")
    present = found[0]["metadata"].get("annotations", {}).get(MARK, "") if found else ""
    anothers = present and not present.startswith(f"{name()} ")
    return "" if present == mark or anothers else mark


def _fingerprint() -> str:
    total = hashlib.sha256(" ".join(values.left_out(values.load(LOCAL))).encode())
    for room in ("gitops/bootstrap", "clusters/kind/bootstrap"):
        for path in sorted(root().joinpath(room).rglob("*.yaml")):
            total.update(path.read_bytes())
    return total.hexdigest()[:12]


def push() -> None:
    """Publish the newest commit to the Git server that Argo CD reads."""
    address = f"{GIT}/{name()}.git"
    if "kind" not in commands.run("git", "remote").split():
        commands.run("git", "remote", "add", "kind", address)
    known = commands.run("git", "config", "--get", "remote.kind.url").strip()
    if known != address:
        raise ProjectError(
            f"The remote `kind` is {known}, not the local cluster's {address}: "
            "give it another name by `git remote rename`."
        )
    commands.run("git", "push", "--quiet", "kind", "HEAD:main")
    commands.apply(build.room("gitops", LOCAL))


def settle() -> None:
    """Wait until every Application runs the newest commit, twice in a row.

    Raises:
        ProjectError: One does not; the sentence names it and says why.
    """
    deadline, calm = time.monotonic() + SECONDS, 0
    while calm < 2:
        rows = status.rows()
        calm = calm + 1 if rows and all(row.settled for row in rows) else 0
        if time.monotonic() > deadline:
            late = next(row for row in rows if not row.settled)
            raise ProjectError(f"{late.application} is {late.sync}, {late.health}: {late.message}")
        time.sleep(1)
