"""A real Prometheus and a real Alertmanager with the files of a project, on loopback.

Time is scaled: rules look back over seconds instead of minutes and hours, and Alertmanager waits a
thirtieth of what it waits in a cluster. What is compared with a number stays as it is.
"""

import functools
import json
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from hooks.template import ROOT
from tests.e2e.kit import waiting

READS_URL_FILES = (0, 26)  # the first Alertmanager that reads the address of a webhook from a file
SUITE = "trixie"  # whose Alertmanager is the one of the cluster
FASTER = 30
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# Wide enough for scrapes that come some seconds late; six hours stay six times one hour, for else a
# slow burn would be seen before a fast one.
LOOKS_BACK = {"5m": "15s", "15m": "30s", "1h": "20s", "6h": "120s", "7d": "40s"}
LASTS = "8s"  # before an alert with `for` fires: less than the shortest look back, as in a cluster
ROOMS = ("", "serving/", "workflows/")


@functools.cache
def alertmanager() -> str:
    """Return a program that is new enough: of this machine, or unpacked from Debian's archive."""
    for name in ("alertmanager", "prometheus-alertmanager"):
        program = shutil.which(name)
        if program and _version(program) >= READS_URL_FILES:
            return program
    sys.path.insert(0, str(ROOT))
    from offline import debian

    package = debian.unpacked("prometheus-alertmanager", SUITE)
    return str(package / "root/usr/bin/prometheus-alertmanager")


def amtool() -> str:
    """Return the program that checks configurations, of the same version."""
    return str(Path(alertmanager()).with_name("amtool"))


def _version(program: str) -> tuple[int, ...]:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"version (\d+)\.(\d+)", said.stdout + said.stderr)
    assert found, f"{program} does not tell its version"
    return int(found[1]), int(found[2])


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def shortened(rules: str) -> str:
    """Return rules that look back over seconds, and wait for some of them."""
    text = re.sub(r"\[(\d+[mhd])\]", lambda found: f"[{LOOKS_BACK[found[1]]}]", rules)
    return re.sub(r"(?m)^( +for:) \w+", rf"\1 {LASTS}", text)


def faster(settings: Any) -> Any:
    """Return settings of Alertmanager whose waits are a thirtieth."""
    if isinstance(settings, list):
        return [faster(item) for item in settings]
    if not isinstance(settings, dict):
        return settings
    return {key: _scaled(key, value) for key, value in settings.items()}


def _scaled(key: str, value: Any) -> Any:
    if not key.endswith(("_interval", "_wait")):
        return faster(value)
    return f"{int(value[:-1]) * SECONDS[value[-1]] * 1000 // FASTER}ms"


def receivers(project: Path, secrets: Path) -> dict[str, Any]:
    """Return a project's configuration of Alertmanager, whose secrets lie in `secrets`."""
    text = (project / "components/monitoring/alertmanager.yaml").read_text("utf-8")
    settings = yaml.safe_load(text.replace("/etc/alertmanager/secrets", str(secrets)))
    scaled: dict[str, Any] = faster(settings)
    return scaled


def rules(project: Path, directory: Path) -> None:
    """Write the rules of a project, shortened, to a directory."""
    directory.mkdir()
    for room in ROOMS:
        for path in sorted((project / f"components/{room}monitoring").glob("*.yaml")):
            if path.name in ("alerts.yaml", "objectives.rules.yaml"):
                name = f"{room.strip('/') or 'monitoring'}-{path.name}"
                text = limited(shortened(path.read_text("utf-8")))
                (directory / name).write_text(text, "utf-8")


def limited(rules: str) -> str:
    """Return rules with a limit of the age of data: the example has none, its data are old."""
    return re.sub(r"(record: model:data_age_objective.*\n +expr:).*", r"\1 vector(2592000)", rules)


def scraped(project: Path, rules: Path, sender: int, targets: dict[str, list[Any]]) -> str:
    """Return a project's configuration of Prometheus that scrapes `targets` by their jobs."""
    path = project / "components/monitoring/prometheus.yaml"
    settings = yaml.safe_load(path.read_text("utf-8"))
    settings["global"] |= {"scrape_interval": "3s", "evaluation_interval": "1s"}
    settings["global"]["external_labels"] = {"grafana": "https://grafana.example.com"}
    alertmanagers = [{"static_configs": [{"targets": [f"127.0.0.1:{sender}"]}]}]
    settings["alerting"]["alertmanagers"] = alertmanagers
    settings["rule_files"] = [f"{rules}/*.yaml"]
    settings.pop("scrape_config_files")  # Prometheus 2.42 does not know it yet
    settings["scrape_configs"] = [job for name in targets for job in targets[name]]
    return yaml.safe_dump(settings)


def known(port: int) -> set[tuple[str, str]]:
    """Return name and environment of each alert that an Alertmanager has, told or not."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/alerts", timeout=5) as answer:
        labels = [alert["labels"] for alert in json.load(answer)]
    return {(label["alertname"], label.get("environment", "")) for label in labels}


@contextmanager
def running(command: list[str], port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the caller is done with it; yield when it says that it is ready."""
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as run:
        try:
            waiting.until(lambda: _ready(port), 60, lambda: log.read_text()[-2000:])
            yield run
        finally:
            run.kill()


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
