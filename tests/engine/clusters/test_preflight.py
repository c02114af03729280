"""The list of what a real cluster has otherwise is complete, and says what is still as in kind."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from clusters.kind.commands import ROOT, project
from clusters.preflight import cluster, values
from clusters.preflight.row import OPEN, READY, STAYS, Row

ENTRIES: list[dict[str, Any]] = yaml.safe_load((ROOT / values.LIST).read_text("utf-8"))["values"]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Copy the directories that a cluster is made of."""
    for room in values.ROOMS:
        if (ROOT / room).exists():
            shutil.copytree(ROOT / room, tmp_path / room)
    return tmp_path


def rows(directory: Path) -> dict[str, Row]:
    found = values.rows(directory, {"values": ENTRIES}, project())
    return {row.what: row for row in found}


def setting(text: str, key: str = "planted") -> str:
    """Return a manifest with one value."""
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: planted\ndata:\n  {key}: {text}\n"


def test_nothing_that_only_kind_can_have_is_missing_in_the_list() -> None:
    found = list(values.values(ROOT))
    assert len(found) > 500
    assert list(values.forgotten(found, ENTRIES, project())) == []


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
    (tmp_path / room).mkdir()
    (tmp_path / room / "planted.yaml").write_text(setting(text), "utf-8")
    (new,) = values.forgotten(list(values.values(tmp_path)), ENTRIES, project())
    assert new.file == f"{room}/planted.yaml"


@pytest.mark.parametrize("text", ["https://s3.eu-central-1.amazonaws.com", "http://mlflow:5000"])
def test_a_value_that_any_cluster_can_have_is_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "serving").mkdir()
    (tmp_path / "serving/planted.yaml").write_text(setting(text), "utf-8")
    assert not list(values.forgotten(list(values.values(tmp_path)), ENTRIES, project()))


def test_a_value_is_open_until_it_is_changed_everywhere(files: Path) -> None:
    (entry,) = [entry for entry in ENTRIES if entry["what"] == "database"]
    for name, keys in entry["at"].items():
        text = "\n  ".join(f"{key.removeprefix('data.')}: db.local-storage" for key in keys)
        (files / name).write_text(f"data:\n  {text}\n", "utf-8")
    for name in entry["at"]:
        assert rows(files)["database"].state == OPEN
        text = (files / name).read_text("utf-8")
        (files / name).write_text(text.replace("local-storage", "team.internal"), "utf-8")
    assert rows(files)["database"].state == READY


def test_what_may_stay_is_not_open(files: Path) -> None:
    path = files / "environments/dev/env.yaml"
    path.write_text(setting("http://mlflow.elsewhere:5000", "registry-url"), "utf-8")
    assert rows(files)["address of MLflow"].state == STAYS


def test_every_pod_is_found_whatever_object_holds_it() -> None:
    spec = {"containers": [{"name": "a"}], "serviceAccountName": "b"}
    job = {"spec": {"metrics": [{"provider": {"job": {"spec": {"template": {"spec": spec}}}}}]}}
    (found,) = cluster.pod_specs([{"kind": "ConfigMap", "data": {"a": "b"}}, job])
    assert cluster.pod(found, 3)["spec"] == {"containers": [{"name": "a"}]}
