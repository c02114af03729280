"""What goes wrong is said in one sentence, and leaves something to read."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from offline import cluster, engine

pytestmark = pytest.mark.usefixtures("coming")  # a project arrives meanwhile

E2E = Path(__file__).parents[1]


def offline(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command line with some variables changed."""
    return subprocess.run(
        [sys.executable, "-m", "offline", *arguments],
        cwd=cluster.ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_docker_it_says_so(tmp_path: Path) -> None:
    done = offline(
        "up",
        DOCKER_HOST=f"unix://{tmp_path}/none.sock",
        SLIPWAY_CACHE=str(tmp_path / "cache"),
        SLIPWAY_SUPPLY="ordinary",
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "docker" in done.stderr.lower()
    assert "Traceback" not in done.stderr


def test_a_project_without_docker_is_told_to_start_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [cluster.TEMPLATE / "up", "any"],
        env={**os.environ, "DOCKER_HOST": f"unix://{tmp_path}/none.sock"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == ("error: Docker does not answer: install and start Docker 23 or newer.\n")


def test_a_taken_port_is_named(tmp_path: Path, made: cluster.Cluster) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        config = tmp_path / "cluster.yaml"
        config.write_text(f"nodes:\n  - extraPortMappings:\n      - hostPort: {port}\n")
        done = subprocess.run(
            [cluster.TEMPLATE / "up", "taken"],
            env={**os.environ, **engine.environment(), "CLUSTER_CONFIG": str(config)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: Port {port} of 127.0.0.1 is taken: ")
    assert "taken" not in cluster.kind("get", "clusters").split()


def test_an_unknown_supply_is_refused() -> None:
    done = offline("up", SLIPWAY_SUPPLY="both")
    assert done.returncode == 1
    assert done.stderr == "error: SLIPWAY_SUPPLY=both is neither `ordinary` nor `offline`.\n"


def test_a_failed_test_leaves_the_clusters_state_to_read(
    tmp_path: Path, made: cluster.Cluster
) -> None:
    planted = E2E / "planted"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", E2E / "pytest.ini", planted],
        cwd=E2E,
        env={
            **os.environ,
            "SLIPWAY_CLUSTER": made.name,
            "SLIPWAY_KUBECONFIG": str(made.kubeconfig),
            "SLIPWAY_LOGS": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "planted failure" in done.stdout
    assert "sentinel of the planted failure" in _all_text(tmp_path / made.name / "pods")
    assert "kubelet" in _all_text(tmp_path / made.name / "nodes")
    assert (tmp_path / made.name / "events.txt").stat().st_size > 0


def _all_text(directory: Path) -> str:
    return "\n".join(path.read_text() for path in directory.glob("*.txt"))
