"""The local cluster: its stores, images and deliveries follow the values of kind."""

import json
from pathlib import Path
from typing import Any

import pytest

from slipway import cli
from slipway.clusters import images, storage
from tests.engine.clusters.kit import NAME, add_cluster, change, text_of, write
from tests.engine.clusters.programs import install

# Writes down what it is given, and knows no object yet.
KUBECTL = """
case "$*" in
  *--output=json*) echo '{"items": []}' ;;
  *--filename=-*) cat >>"$APPLIED"; echo >>"$APPLIED" ;;
esac
"""


@pytest.fixture
def applied(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file with every object that was applied, in a project with its local cluster."""
    install(tmp_path / "bin", "kubectl", KUBECTL, monkeypatch)
    install(tmp_path / "bin", "kustomize", "echo '{}'\n", monkeypatch)
    install(tmp_path / "bin", "kind", "exit 1\n", monkeypatch)
    monkeypatch.setenv("APPLIED", str(tmp_path / "applied"))
    monkeypatch.delenv("CLUSTER", raising=False)
    monkeypatch.delenv("CLUSTER_KUBECONFIG", raising=False)
    write(project / "var" / f"kind-{NAME}.kubeconfig", "")
    add_cluster(project, "kind")
    write(project / storage.BUCKET, text_of(storage.BUCKET))
    return tmp_path / "applied"


def objects(applied: Path, name: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in applied.read_text().splitlines() if line.startswith("{")]
    return [item for item in found if item.get("metadata", {}).get("name") == name]


def secrets(applied: Path, name: str) -> list[dict[str, str]]:
    return [item["stringData"] for item in objects(applied, name)]


def test_the_bucket_is_the_one_of_the_values(project: Path, applied: Path) -> None:
    change(project / "clusters/kind/values.yaml", f"bucket: {NAME}", "bucket: elsewhere")
    storage.finish()
    (job,) = objects(applied, "bucket-elsewhere")
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["env"] == [{"name": "BUCKET", "value": "elsewhere"}]
    assert container["command"] == ["mkdir", "-p", "/data/$(BUCKET)"]
    assert objects(applied, f"bucket-{NAME}") == []


def test_a_long_name_of_a_bucket_is_cut_in_its_job_alone(project: Path, applied: Path) -> None:
    bucket = "a" * 63
    change(project / "clusters/kind/values.yaml", f"bucket: {NAME}", f"bucket: {bucket}")
    storage.finish()
    (job,) = objects(applied, f"bucket-{'a' * 56}")
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["env"][0]["value"] == bucket


def test_the_clients_of_the_stores_are_told_what_the_values_say(
    project: Path, applied: Path
) -> None:
    values = project / "clusters/kind/values.yaml"
    change(values, "s3.local-storage:9000", "s3.elsewhere:9443")
    change(values, "us-east-1", "eu-central-1")
    change(values, "scheme: http", "scheme: https")
    change(values, 'secure: "false"\n', 'secure: "true"\n')
    change(values, 'insecure: "true"\n', 'insecure: "false"\n')
    change(values, "user: project", "user: somebody")
    storage.finish()
    writers = secrets(applied, "capture-writer")
    assert len(writers) == 3
    for writer in writers:
        assert writer["AWS_ENDPOINT_URL"] == "https://s3.elsewhere:9443"
        assert (writer["AWS_ALLOW_HTTP"], writer["AWS_REGION"]) == ("false", "eu-central-1")
    (login,) = secrets(applied, "mysql-secret")
    assert login["username"] == "somebody"


def test_the_image_of_mlflow_is_in_the_registry_of_the_values_with_the_tag_of_its_room(
    project: Path, applied: Path
) -> None:
    write(project / images.MLFLOW, text_of(f"{images.MLFLOW}.jinja"))
    change(project / "clusters/kind/values.yaml", f"localhost/{NAME}", "registry.internal/ours")
    name, _, tag = images.mlflow_image().rpartition(":")
    assert name == "registry.internal/ours/mlflow"
    assert f"newTag: {tag}}}\n" in (project / images.MLFLOW).read_text("utf-8")


def test_wrong_values_deliver_nothing(
    project: Path, applied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(project / "clusters/kind/values.yaml", "scheme: http", "scheme: ftp")
    assert cli.main(["up", NAME]) == 1
    assert capsys.readouterr().err.startswith("error: clusters/kind/values.yaml:")
    assert not applied.exists()
