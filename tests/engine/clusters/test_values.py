"""The values of a cluster: what is right is read, anything else is one sentence with its line."""

from pathlib import Path

import pytest

from slipway.clusters import values
from slipway.errors import ProjectError
from tests.engine.clusters.kit import add_cluster, change

FAULTS = [
    ("  region: us-east-1", "  region: us-east-1\n  zone: a", "zone", "nothing reads this key"),
    ("  region: us-east-1\n", "", "object-store", "the value is missing"),
    ('  port: "3306"', "  port: 3306", "port", "this must be a text; put it into quotes"),
    ('  port: "3306"', '  port: "many"', "port", "is not right; write a port"),
    ("  poll-seconds: 60", "  poll-seconds: soon", "poll-seconds", "a number"),
    ("  poll-seconds: 60", "  poll-seconds: 0", "poll-seconds", "greater than 0"),
    ("context: production", "context:", "context", "the value is missing"),
    ("context: production", 'context: ""', "context", "write a text that is not empty"),
    ('  parallel-trials: "4"', '  parallel-trials: "0"', "parallel-trials", "from 1 to 999"),
    ("  prometheus: 10Gi", "  prometheus: 10 gigs", "prometheus", "write a size such as 10Gi"),
    ('  otlp-endpoint: ""', "  otlp-endpoint: a:4318", "otlp-endpoint", "http:// and a host"),
    ('  otlp-endpoint: ""', "  otlp-endpoint: http://a:4319", "otlp-port", "the port 4319; write"),
    ('  otlp-endpoint: ""', "  otlp-endpoint: https://a", "otlp-port", 'port 443; write "443"'),
    ('  otlp-endpoint: ""', "  otlp-endpoint: http://a", "otlp-port", 'port 80; write "80"'),
    ('  otlp-port: "4318"', '  otlp-port: "0"', "otlp-port", "is not right; write a port"),
    ("components/*/kustomization.yaml", "components/mlfow", "path", "there is no such file"),
    ("s3.example.com:443", "https://s3.example.com", "address", "write host:port"),
    ("  scheme: https", "  scheme: ftp", "scheme", "'http' or 'https'"),
    ("  scheme: https", "  scheme: http", "secure:", 'the scheme is http; write "false"'),
    ('  insecure: "false"', '  insecure: "true"', "insecure", 'scheme is https; write "false"'),
    ("  name: production", "  name: europe", "name", "the directory is called production"),
    ("kind: ClusterValues", "kind: Values", "kind: Values", "'ClusterValues'"),
    ("late-parcels-dev\n", "late-parcels-qa\n", "-qa", "late-parcels-qa is no environment of"),
    ("late-parcels-dev\n", "late-parcels-prod\n", "-prod", "late-parcels-prod is there twice"),
    ("  region: us-east-1", "  region: a\n  region: b", "region: b", "region is there twice"),
    ("  region: us-east-1", "\tregion: us-east-1", "\tregion", "this is no YAML, mend it"),
    ("  region: us-east-1", "  region: [us-east-1", "scheme", "this is no YAML, mend it"),
    ('"true" # read', '"false" # read', "local-config", "'true'"),
]


@pytest.fixture
def file(project: Path) -> Path:
    return add_cluster(project, "production")


def refusal(name: str = "production") -> str:
    with pytest.raises(ProjectError) as error:
        values.load(name)
    return str(error.value)


@pytest.mark.parametrize("name", ["kind", "production"])
def test_the_values_of_the_template_are_right(project: Path, name: str) -> None:
    add_cluster(project, name)
    read = values.load(name)
    assert read.metadata.name == name
    assert [item.namespace for item in read.environments] == [
        f"late-parcels-{environment}" for environment in ("dev", "staging", "prod")
    ]


@pytest.mark.parametrize(("old", "new", "at", "reason"), FAULTS, ids=lambda text: text.strip())
def test_a_fault_is_one_sentence_with_file_and_line(
    file: Path, old: str, new: str, at: str, reason: str
) -> None:
    change(file, old, new)
    (said,) = [line for line in refusal().splitlines() if reason in line]
    place, _, number = said.partition(": ")[0].rpartition(":")
    assert place == "clusters/production/values.yaml"
    near = file.read_text("utf-8").splitlines()[max(int(number) - 2, 0) : int(number) + 1]
    assert any(at in line for line in near), f"{number} is far from {at}"


def test_all_faults_are_told_from_the_top_of_the_file(file: Path) -> None:
    change(file, "context: production", "context:")
    change(file, "  scheme: https", "  scheme: ftp")
    change(file, "  region: us-east-1", "  region: us-east-1\n  zone: a")
    change(file, '  port: "3306"', "  port: 3306")
    lines = refusal().splitlines()
    assert [line.split(": ")[1] for line in lines] == [
        *("context", "object-store.zone", "object-store.scheme", "database.port"),
    ]
    numbers = [int(line.partition(": ")[0].rpartition(":")[2]) for line in lines]
    assert numbers == sorted(set(numbers))


def test_an_endpoint_whose_port_the_pods_are_let_out_to_is_right(file: Path) -> None:
    change(file, 'otlp-endpoint: ""', "otlp-endpoint: http://collector.monitoring:14318")
    change(file, 'otlp-port: "4318"', 'otlp-port: "14318"')
    telemetry = values.load("production").telemetry
    assert telemetry.otlp_endpoint == "http://collector.monitoring:14318"
    assert telemetry.otlp_port == "14318"


def test_all_that_does_not_fit_together_is_told(file: Path) -> None:
    change(file, "  name: production", "  name: europe")
    change(file, "  scheme: https", "  scheme: http")
    places = [line.split(": ")[1] for line in refusal().splitlines()]
    assert places == ["metadata.name", "object-store.secure", "object-store.insecure"]


def test_an_environment_without_a_cluster_is_refused(file: Path) -> None:
    entry = "  - namespace: late-parcels-staging\n    server: https://kubernetes.default.svc\n"
    change(file, entry, "")
    assert "late-parcels-staging has no cluster; add its namespace and server" in refusal()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"- a\n", b"&a [*a]", b"a: !!python/x 1\n"])
def test_what_is_no_file_of_values_is_one_sentence(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    said = refusal()
    assert said.startswith("clusters/production/values.yaml")
    assert "\n" not in said


def test_a_cluster_without_a_directory_is_refused_with_those_there_are(file: Path) -> None:
    assert refusal("moon") == (
        "There is no cluster 'moon': clusters/ has production; `make cluster` adds one."
    )
