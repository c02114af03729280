"""What a real cluster must have otherwise: what is still as in kind, and what the list forgot."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from slipway.clusters.readiness import cluster, table, values
from slipway.clusters.readiness.row import OPEN, READY, STAYS, Row
from slipway.errors import ProjectError

NAME = "late-parcels"
LIST = """
values:
  - what: database
    do: a MySQL server
    kind: local-storage
    at:
      components/pipelines/settings.yaml: [data.dbHost, data.mysqlHost]
      components/mlflow/settings.yaml: [data.host]
  - what: address of MLflow
    do: another address
    kind: "registry-url: http://"
    stays: while MLflow is in the cluster
    at:
      environments/*/env.yaml: [data.registry-url]
  - what: what this project does not have
    do: nothing
    kind: local-storage
    at:
      gitops/absent.yaml: [spec.source]
cluster: []
secrets: []
"""
DIFFERENCES: dict[str, Any] = yaml.safe_load(LIST)
ENTRIES: list[Mapping[str, Any]] = DIFFERENCES["values"]
DATABASE = {
    "components/pipelines/settings.yaml": ("dbHost", "mysqlHost"),
    "components/mlflow/settings.yaml": ("host",),
}


def manifest(**data: str) -> str:
    lines = "".join(f"  {key}: {text}\n" for key, text in data.items())
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: planted\ndata:\n{lines}"


def write(root: Path, file: str, text: str) -> None:
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(text, "utf-8")


def put_database(root: Path, file: str, host: str) -> None:
    write(root, file, manifest(**dict.fromkeys(DATABASE[file], host)))


def rows(root: Path) -> dict[str, Row]:
    return {row.what: row for row in values.rows(root, DIFFERENCES, NAME)}


def forgotten(root: Path) -> list[values.Value]:
    return list(values.forgotten(list(values.values(root)), ENTRIES, NAME))


@pytest.mark.parametrize(
    "text",
    [
        "http://s3.local-storage:9000",
        "http://git.git.svc.cluster.local/a.git",
        "http://somewhere.else.example:80/path",
        "registry.example.com/serve:1",
        '"true" # inside the kind cluster only',
        "|\n    s3:\n      # in a text of its own\n      insecure: true",
    ],
)
@pytest.mark.parametrize("room", values.ROOMS)
def test_a_value_that_only_kind_can_have_is_noticed(tmp_path: Path, room: str, text: str) -> None:
    write(tmp_path, f"{room}/planted.yaml", manifest(planted=text))
    (value,) = forgotten(tmp_path)
    assert value.file == f"{room}/planted.yaml"
    (row,) = rows(tmp_path).values()
    assert (row.state, row.where) == (OPEN, value.place)


@pytest.mark.parametrize(
    "text",
    [
        "https://s3.eu-central-1.amazonaws.com",
        "http://mlflow:5000",
        f"http://serve.{NAME}-dev:8080",
    ],
)
def test_a_value_that_any_cluster_can_have_is_nothing(tmp_path: Path, text: str) -> None:
    write(tmp_path, "components/serving/kubernetes/planted.yaml", manifest(planted=text))
    assert forgotten(tmp_path) == []


def test_a_service_of_another_project_is_noticed(tmp_path: Path) -> None:
    write(tmp_path, "components/serving/kubernetes/planted.yaml", manifest(planted="http://serve.early-letters-dev:8080"))
    assert [value.key for value in forgotten(tmp_path)] == ["data.planted"]


def test_a_value_is_open_until_it_is_changed_everywhere(tmp_path: Path) -> None:
    for file in DATABASE:
        put_database(tmp_path, file, "db.local-storage")
    for file in DATABASE:
        assert rows(tmp_path)["database"].state == OPEN
        put_database(tmp_path, file, "db.team.internal")
    assert rows(tmp_path)["database"].state == READY


def test_an_open_value_says_where_it_is_and_what_to_do(tmp_path: Path) -> None:
    for file in DATABASE:
        put_database(tmp_path, file, "db.local-storage")
    row = rows(tmp_path)["database"]
    assert row.where == "components/mlflow/settings.yaml data.host and 2 more"
    assert row.do == "a MySQL server"


def test_what_may_stay_is_not_open(tmp_path: Path) -> None:
    url = {"registry-url": "http://mlflow.elsewhere:5000"}
    write(tmp_path, "environments/dev/env.yaml", manifest(**url))
    assert rows(tmp_path)["address of MLflow"].state == STAYS


def test_what_the_project_does_not_have_has_no_row(tmp_path: Path) -> None:
    put_database(tmp_path, "components/mlflow/settings.yaml", "db.local-storage")
    assert rows(tmp_path).keys() == {"database"}


def test_the_command_fails_while_something_is_open(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, values.LIST, LIST)
    put_database(project, "components/mlflow/settings.yaml", "db.local-storage")
    with pytest.raises(ProjectError, match=r"1 of 1 are open\."):
        table.main("")
    put_database(project, "components/mlflow/settings.yaml", "db.team.internal")
    table.main("")
    assert "Nothing is open." in capsys.readouterr().out


def test_every_pod_is_found_whatever_object_holds_it() -> None:
    spec = {"containers": [{"name": "a"}], "serviceAccountName": "b"}
    job = {"spec": {"metrics": [{"provider": {"job": {"spec": {"template": {"spec": spec}}}}}]}}
    (only,) = cluster.pod_specs([{"kind": "ConfigMap", "data": {"a": "b"}}, job])
    assert cluster.pod(only, 3)["spec"] == {"containers": [{"name": "a"}]}
