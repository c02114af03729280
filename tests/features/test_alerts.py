"""The answer `alerts`: by what people are told, and no trace of the other ways."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from hooks.template import questions
from tests.kit import alerting, manifests
from tests.kit.gates import texts
from tests.kit.manifest_readiness import needs
from tests.kit.project import Project, Renderer

Count = Callable[[str, int, int], None]
ROOM = "components/monitoring"
WAYS = list(questions()["alerts"]["choices"].values())
TOLD = [way for way in WAYS if way != "none"]
PLACE = "/etc/alertmanager/secrets/"
WORDS = {"email": r"smtp|email_configs", "slack": r"slack", "webhook": r"webhook-url"}
ADDRESSES = {  # what a team writes into the values of its cluster
    "email": {
        "from": "alerts@parcels.example",
        "smtp": "mail.parcels.example:2525",
        "to": "a@parcels.example, b@parcels.example",
        "user": "parcels",
    },
    "slack": {"channel": "#parcels-at-night"},
}


@pytest.fixture(params=TOLD)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def written(project: Project, way: str, destination: Path) -> Path:
    """Return a copy of a project whose production names somebody, and where Grafana is."""
    path = project.copy(destination).path
    file = path / "clusters/production/values.yaml"
    content = yaml.safe_load(file.read_text("utf-8"))
    content["alerts"] = {"grafana": "https://grafana.parcels.example"}
    if way in ADDRESSES:
        content["alerts"][way] = ADDRESSES[way]
    file.write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")
    return path


def built(project: Path, kind: str, name: str) -> dict[str, Any]:
    """Return an object of the component, as production has it."""
    found = manifests.build(project, ROOM, "production")
    (one,) = [b for b in found if b.kind == kind and re.fullmatch(rf"{name}(-\w{{10}})?", b.name)]
    return one.object


def configured(project: Path) -> dict[str, Any]:
    text = built(project, "ConfigMap", "alertmanager")["data"]["alertmanager.yaml"]
    content: dict[str, Any] = yaml.safe_load(text)
    return content


def files_of(settings: Any) -> set[str]:
    """Return the names of the files that a configuration reads secrets from."""
    return set(re.findall(rf"{PLACE}([a-z-]+)", yaml.safe_dump(settings)))


def test_the_addresses_of_a_cluster_reach_alertmanager(
    way: str, render: Renderer, tmp_path: Path
) -> None:
    path = written(render({"alerts": way}), way, tmp_path / "project")
    owner, heartbeat = configured(path)["receivers"]
    (sent,) = owner[f"{way}_configs"]
    names = {"from": "from", "smtp": "smarthost", "to": "to", "user": "auth_username"}
    wanted = {names.get(key, key): value for key, value in ADDRESSES.get(way, {}).items()}
    assert wanted.items() <= sent.items()
    assert heartbeat["webhook_configs"] == [
        {"send_resolved": False, "url_file": f"{PLACE}heartbeat-url"}
    ]


def test_amtool_takes_what_production_gets(way: str, render: Renderer, tmp_path: Path) -> None:
    path = written(render({"alerts": way}), way, tmp_path / "project")
    file = tmp_path / "alertmanager.yaml"
    file.write_text(yaml.safe_dump(configured(path)))
    done = subprocess.run([alerting.amtool(), "check-config", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_secrets_that_are_read_are_those_that_readiness_asks_for(
    way: str, render: Renderer
) -> None:
    project = render({"alerts": way}).path
    (secret,) = needs(project)[f"{ROOM}/needs.yaml"]["secrets"]
    assert set(secret["keys"]) == files_of(configured(project))
    volumes = built(project, "Deployment", "alertmanager")["spec"]["template"]["spec"]["volumes"]
    (volume,) = [volume["secret"] for volume in volumes if "secret" in volume]
    assert volume == {"secretName": secret["name"], "optional": True}


def test_alertmanager_may_go_where_people_are_told(render: Renderer, tmp_path: Path) -> None:
    ports = {}
    for way in WAYS:
        path = written(render({"alerts": way}), way, tmp_path / way)
        rules = built(path, "NetworkPolicy", "monitoring")["spec"]["egress"]
        told = [rule for rule in rules for to in rule["to"] if "ipBlock" in to]
        ports[way] = [port["port"] for rule in told for port in rule["ports"]]
    assert ports == {"none": [], "email": [443, 2525], "slack": [443], "webhook": [443]}


def test_the_links_of_alerts_know_grafana(render: Renderer, tmp_path: Path) -> None:
    path = written(render({}), "none", tmp_path / "project")
    text = built(path, "ConfigMap", "prometheus")["data"]["prometheus.yaml"]
    settings = yaml.safe_load(text)
    assert settings["global"]["external_labels"] == {"grafana": "https://grafana.parcels.example"}
    dropped = settings["alerting"]["alert_relabel_configs"]
    assert dropped == [{"action": "labeldrop", "regex": "grafana"}]


@pytest.mark.parametrize("other", WORDS)
@pytest.mark.parametrize("way", WAYS)
def test_no_way_leaves_a_trace_of_another(
    way: str, other: str, render: Renderer, count: Count
) -> None:
    project = render({"alerts": way}).path
    read = [(n, text) for n, text in texts(project) if n.startswith(("clusters/", ROOM))]
    found = [name for name, text in read if re.search(WORDS[other], text)]
    assert bool(found) == (way == other), found
    count(f"files searched for {other}", len(read), 20)


def test_where_nobody_is_told_it_is_said(standard: Project) -> None:
    assert "Nobody is told of an alert yet" in (standard.path / "README.md").read_text("utf-8")
    said = needs(standard.path)[f"{ROOM}/needs.yaml"]
    assert "secrets" not in said
    (told,) = (need["do"] for need in said["cluster"] if need["what"] == "who is told of an alert")
    assert told.startswith("nobody is told;")
    assert [r["name"] for r in configured(standard.path)["receivers"]] == ["owner", "heartbeat"]
    assert files_of(configured(standard.path)) == set()


def test_without_monitoring_nothing_speaks_of_alerts(render: Renderer) -> None:
    project = render({"monitoring": False, "workflows": False}).path
    assert "alert" not in (project / "README.md").read_text("utf-8").lower()
    for cluster in ("kind", "production"):
        values = yaml.safe_load((project / f"clusters/{cluster}/values.yaml").read_text("utf-8"))
        assert "alerts" not in values
