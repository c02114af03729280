"""The values of a cluster name who is told of an alert, in words that Alertmanager can take."""

from pathlib import Path

import pytest

from slipway.clusters import values
from slipway.errors import ProjectError
from tests.engine.clusters.kit import add_cluster, change, write

GRAFANA = '  grafana: ""'
EMAIL = (
    '  email: {from: a@b.example, smtp: "smtp.b.example:587", '
    'to: "c@d.example, e@f.example", user: a}'
)
SLACK = '  slack: {channel: "#late-parcels"}'
FAULTS = [
    ("c@d.example, ", "nobody, ", "write addresses with a comma between"),
    ('"smtp.b.example:587"', "smtp.b.example", "write host:port"),
    ("from: a@b.example", "from: a b@c.example", "write one address"),
    ("user: a", "user: it's", "write a name without spaces and single quotes"),
    ("user: a", "user: a, password: b", "nothing reads this key"),
    (GRAFANA, '  grafana: "grafana.example.com"', "the address without a last slash"),
    (GRAFANA, '  grafana: "https://grafana.example.com/"', "the address without a last slash"),
]


@pytest.fixture
def file(project: Path) -> Path:
    path = add_cluster(project, "production")
    change(path, GRAFANA, f"{GRAFANA}\n{EMAIL}\n{SLACK}")
    return path


def refusal() -> str:
    with pytest.raises(ProjectError) as error:
        values.load("production")
    return str(error.value)


def test_who_is_told_is_read(file: Path) -> None:
    change(file, GRAFANA, "  grafana: https://grafana.example.com/team")
    alerts = values.load("production").alerts
    assert alerts
    assert alerts.grafana == "https://grafana.example.com/team"
    assert alerts.email
    assert (alerts.email.from_, alerts.email.to) == ("a@b.example", "c@d.example, e@f.example")
    assert alerts.slack
    assert alerts.slack.channel == "#late-parcels"


@pytest.mark.parametrize(("old", "new", "reason"), FAULTS, ids=[fault[1] for fault in FAULTS])
def test_what_alertmanager_could_not_take_is_one_sentence_with_its_line(
    file: Path, old: str, new: str, reason: str
) -> None:
    change(file, old, new)
    (said,) = refusal().splitlines()
    assert said.startswith("clusters/production/values.yaml:")
    assert reason in said


def test_a_channel_without_its_sign_is_refused(file: Path) -> None:
    change(file, '"#late-parcels"', "late-parcels")
    assert "write # and the name of a channel" in refusal()


def test_a_way_that_the_component_reads_and_no_value_names_is_told(file: Path) -> None:
    room = file.parents[2] / "components/monitoring"
    source = "- source: {kind: ClusterValues, fieldPath: alerts.email.to}\n"
    write(room / "cluster-values.yaml", source)
    write(room / "kustomization.yaml", "resources: []\n")
    change(file, f"{EMAIL}\n", "")
    assert "alerts.email: components/monitoring reads it; add it" in refusal()
