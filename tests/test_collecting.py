"""The agent and the store of a project, run as they are configured, keep what pods print."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from offline import binaries
from tests.kit import collecting
from tests.kit.collecting import Node
from tests.kit.project import Project, Renderer

REQUEST = {
    "time": "2026-11-30T07:29:34.856081+00:00",
    "level": "info",
    "event": "request",
    "environment": "prod",
    "component": "server",
    "request_id": "abc",
    "status": 200,
}
RUN = "flight-delays-training-x1"
STEP = f"{RUN}-system-container-impl-77"


@pytest.fixture(scope="module")
def room(render: Renderer) -> Path:
    """The rendered component."""
    return render({"telemetry": True}).path / "components/telemetry"


@pytest.fixture(scope="module")
def node(room: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node of which some pods have printed."""
    with collecting.node(room, tmp_path_factory.mktemp("node")) as running:
        line = json.dumps(REQUEST)
        running.prints("flight-delays-prod", "serving-a", "server", line)
        running.prints("flight-delays-eu-prod", "serving-b", "server", line)  # another project
        running.prints("kube-system", "coredns", "coredns", "plugin/ready")
        failed = "F1130 07:29:34.8 1 main.go:10] failed to execute component: exit status 1"
        running.prints("flight-delays-pipelines", STEP, "main", failed, stream="stderr")
        running.prints("flight-delays-pipelines", STEP, "main", "{broken", "plain words")
        assert len(running.knows("*", 4)) == 4
        yield running


def one(node: Node, query: str) -> dict[str, Any]:
    """Return the only line that a query gives."""
    (line,) = node.knows(query, 1)
    found: dict[str, Any] = json.loads(line)
    return found


@pytest.mark.parametrize("answers", [{"telemetry": True}], ids=["telemetry"])
def test_the_agent_takes_its_configuration(
    answers: dict[str, bool], render: Renderer, tmp_path: Path
) -> None:
    project: Project = render(answers)
    room = project.path / "components/telemetry"
    words = collecting.configuration(room, tmp_path, "127.0.0.1:1", "127.0.0.1:2")
    (tmp_path / "positions").mkdir()
    program = binaries.build("otel-collector") / "otelcol"
    ended = subprocess.run([program, "validate", *words], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def test_a_line_of_json_is_kept_by_its_fields(node: Node) -> None:
    line = one(node, 'request_id:="abc"')
    assert line["_msg"] == "request"
    assert (line["component"], line["status"]) == ("server", "200")
    assert (line["k8s.namespace.name"], line["k8s.pod.name"]) == ("flight-delays-prod", "serving-a")
    assert not {"time", "logtag", "log.file.path", "log.file.name"} & line.keys()


def test_another_programs_line_is_kept_as_it_is(node: Node) -> None:
    assert one(node, "_msg:=`{broken`")["k8s.container.name"] == "main"
    assert one(node, "plain")["k8s.pod.name"] == STEP


def test_what_programs_in_go_call_an_error_is_one(node: Node) -> None:
    assert "failed to execute component" in one(node, "level:=error")["_msg"]


def test_pods_of_others_are_not_read(node: Node) -> None:
    lines = node.knows("*", 4)
    places = {json.loads(line)["k8s.namespace.name"] for line in lines}
    assert places == {"flight-delays-prod", "flight-delays-pipelines"}


def test_lines_wait_while_the_store_is_away(room: Path, tmp_path: Path) -> None:
    address, health = (f"127.0.0.1:{collecting.free_port()}" for _ in range(2))
    (tmp_path / "positions").mkdir()
    node = Node(tmp_path / "pods", address)
    node.pods.mkdir()
    words = collecting.configuration(room, tmp_path, address, health)
    program = binaries.build("otel-collector") / "otelcol"
    with collecting.started([program, *words], tmp_path / "agent.txt"):
        collecting.wait(health, "/")
        for number in range(500):
            node.prints("flight-delays-dev", "serving-a", "server", f"line {number}")
        with collecting.store(tmp_path / "data", address):
            collecting.wait(address, "/health")
            assert len(node.knows("*", 500)) == 500
