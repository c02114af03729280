"""In which order the files of the cluster's tests run, and which part each belongs to."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from offline import machine

E2E = Path(__file__).resolve().parents[1]
# The cluster comes first: what needs both nodes or restarts one while nothing else runs in it, the
# rest while the project arrives. Then comes the project, in the order of its life.
# In loop/ the order matters: a loop that has trained on a later day lets the next one rest, so what
# trains by hand comes first, then what the loop starts, then faults, which train on earlier days.
# A second project goes through its own loop meanwhile, until faults begin, which it would share.
ORDER = {  # a file, and the smallest part that it belongs to
    "cluster/test_cache.py": "core",
    "cluster/test_two_nodes.py": "core",
    "cluster/test_cluster.py": "core",
    "cluster/test_components.py": "core",
    "cluster/test_failures.py": "core",
    "cluster/test_images.py": "core",
    "cluster/test_mirror.py": "core",
    "cluster/test_network_policies.py": "core",
    "compute/test_gpu_node_kinds.py": "all",
    "gitops/test_releases.py": "core",
    "gitops/test_bad_releases.py": "all",
    "gitops/test_disruption.py": "all",
    "gitops/test_projects.py": "all",
    "loop/test_training.py": "core",
    "compute/test_cost.py": "all",
    "loop/test_watching.py": "core",
    "loop/test_scoring.py": "all",
    "loop/test_another_task.py": "all",
    "loop/test_tuning.py": "all",
    "loop/test_when_things_fail.py": "all",
    "readiness/test_readiness.py": "all",
    "containers/test_compose.py": "all",
    "gitops/test_environments.py": "all",
    "operations/test_logs.py": "all",
    "operations/test_traces.py": "all",
    "operations/test_game_day.py": "operations",  # joins `all` once it has passed as a whole
    "compute/test_queues.py": "all",
    "compute/test_autoscaling.py": "all",
    "compute/test_off_again.py": "all",  # of what the two before it have turned on
}
PARTS = ("core", "all", "compute", "operations")  # the last two are directories, each on its own


def files(part: str) -> list[str]:
    """List the files of a part; images that this machine would only pull are not tested."""
    pulled = {"cluster/test_components.py"} if machine.supply() == "ordinary" else set()
    return [name for name in ORDER if _belongs(name, part) and name not in pulled]


def _belongs(name: str, part: str) -> bool:
    if part in ("core", "all"):
        return ORDER[name] in ("core", part)
    return name.startswith(f"{part}/")


def name_of(path: Path) -> str:
    """Return the name that a file has in ORDER."""
    return path.resolve().relative_to(E2E).as_posix()


def place(path: Path) -> int:
    """Return where a file comes; one without a place comes last."""
    name = name_of(path)
    return list(ORDER).index(name) if name in ORDER else len(ORDER)


def missing(part: str, ran: Iterable[str]) -> list[str]:
    """Name the test functions of a part that are in no node id of those that ran."""
    known = {node.partition("[")[0] for node in ran}
    return [node for name in files(part) for node in _functions(name) if node not in known]


def _functions(name: str) -> Iterator[str]:
    for node in ast.parse((E2E / name).read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield f"{name}::{node.name}"
