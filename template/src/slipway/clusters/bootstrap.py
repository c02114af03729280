"""`slipway bootstrap`: what a cluster has once for all its projects, before Argo CD reads anything.

What the cluster has already from somebody else is left out: `components` of its values says what.
"""

from . import build, commands, values
from .commands import kubectl, root
from .target import named

SHARED = "gitops/bootstrap/shared-queues"
KINDS = ("crd/resourceflavors.kueue.x-k8s.io", "crd/workloadpriorityclasses.kueue.x-k8s.io")
BY_HAND = "kubectl"  # owns what `kubectl apply` brought, so that a field that went goes there too
SECONDS = 60  # until the API server knows these kinds, which may be new


def main(where: str) -> None:
    """Apply it in a cluster.

    Raises:
        ProjectError: The values are wrong, or the cluster refuses something.
    """
    content, target = values.load(where), named(where)
    target.verify()
    commands.choose(target)
    for directory in values.left_out(content):
        print(f"left out  {directory}, as clusters/{where}/values.yaml says", flush=True)
    commands.apply(build.bootstrap(where), BY_HAND)
    share(where, BY_HAND)
    print(f"Done: `make readiness WHERE={where}` says what is missing still.")


def share(cluster: str, manager: str) -> None:
    """Apply what the queues of several projects share, where a project has queues."""
    if (root() / SHARED).is_dir() and SHARED not in values.left_out(values.load(cluster)):
        kubectl("wait", *KINDS, "--for=condition=Established", f"--timeout={SECONDS}s")
        commands.apply(build.plain(SHARED), manager)
