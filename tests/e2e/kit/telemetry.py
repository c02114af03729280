"""Lines and traces of a project: how its users keep them, and requests that leave some."""

import json
import re
import time
from typing import Any

from hooks.template import load_yaml
from tests.e2e.kit import lines, waiting
from tests.e2e.kit.clients import ROW
from tests.e2e.kit.delivery import Delivered, Measured
from tests.e2e.kit.workloads import PROGRAMS
from tests.kit import versions

WORD = "Planted-Doe-4711"
VALUES = """
  logs-endpoint: http://logs.{name}-telemetry:9428/insert/opentelemetry/v1/logs
  logs-days: 14d
  logs-size: 4GiB
"""


def bring(project: Delivered, measured: Measured) -> None:
    """Turn the answer on in a project that serves already, as its users do, unless it is on."""
    project.git("pull", "--quiet", "--rebase", "kind", "main")
    if (project.path / "components/telemetry").is_dir():
        return
    version = load_yaml(project.path / ".copier-answers.yml")["_commit"]
    versions.update(project.path, version, {"telemetry": True})
    _add_values(project)
    project.git("add", "--all")
    project.git("commit", "--quiet", "--message", "feat: lines are kept")
    started = time.monotonic()
    project.up()
    waiting.until(lambda: lines.known(project, "*"), 180, project.status)
    measured("the store of lines brought, until it has the first", time.monotonic() - started)


def _add_values(project: Delivered) -> None:
    """Write what the how-to says into the values of both clusters, which an update leaves alone."""
    for path in project.path.glob("clusters/*/values.yaml"):
        text = path.read_text("utf-8")
        text = re.sub(
            r'(\n  otlp-port: "4318"[^\n]*)\n', r"\1" + VALUES.format(name=project.name), text
        )
        text = re.sub(r"(\n  prometheus: \S+)\n", r"\1\n  logs: 5Gi\n", text)
        path.write_text(text, "utf-8")


def plant(project: Delivered, environment: str, count: int) -> dict[str, Any]:
    """Ask a server `count` times with WORD, and once without it, as a client that keeps a trace."""
    running = [p for p in project.get("pods", environment) if p["status"]["phase"] == "Running"]
    names = (pod["metadata"]["name"] for pod in running)
    name = next(name for name in names if name.startswith("serving-"))
    program = (PROGRAMS / "plant.py").read_text("utf-8")
    command = ("exec", name, "--container=server", "--", "python", "-c", program)
    arguments = (json.dumps(ROW), str(count), WORD)
    said = project.kubectl("-n", project.namespace(environment), *command, *arguments)
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found
