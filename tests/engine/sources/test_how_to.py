"""The how-to pages of a generated project: what they show works."""

import importlib
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import polars as pl
import pytest
import yaml
from kfp.compiler import Compiler
from polars.testing import assert_frame_equal

from slipway.sources import Source
from slipway.sources.files import files
from tests.engine.kit import PROJECT, TEMPLATE
from tests.engine.sources.kit import both, columns, parcels

PAGES = TEMPLATE / "docs" / "how-to"
PIPELINE = TEMPLATE / "pipelines" / "training" / "pipeline.py"
READS = "    access.to_snapshots(ingest)\n"
IN_A_CLUSTER = "data-in-a-cluster.md.jinja"
NAMES = [  # what each Python block of that page gives to the step
    {"DATABASE_URL"},
    {
        "SOURCE_AWS_ACCESS_KEY_ID",
        "SOURCE_AWS_ENDPOINT_URL",
        "SOURCE_AWS_REGION",
        "SOURCE_AWS_SECRET_ACCESS_KEY",
    },
]


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (PAGES / page).read_text("utf-8"), re.DOTALL)


def imported(directory: Path, text: str, patch: pytest.MonkeyPatch) -> ModuleType:
    """Return a module `source` of a package that has the made-up schema."""
    package = directory / "shop"
    package.mkdir()
    (package / "__init__.py").touch()
    shutil.copy(PROJECT / "src" / "parcels" / "schema.py", package)
    (package / "source.py").write_text(text)
    patch.syspath_prepend(str(directory))
    for name in ("shop", "shop.schema", "shop.source"):
        patch.delitem(sys.modules, name, raising=False)
    return importlib.import_module("shop.source")


def same(source: ModuleType, project: Path) -> None:
    parcels().write_parquet(project / "expected.parquet")
    expected = both(files("expected.parquet", columns()))
    for read, wanted in zip(both(cast("Source", source)), expected, strict=True):
        assert_frame_equal(read, wanted)


def test_the_example_of_files_reads_them(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = project / "data" / "parcels"
    rows.mkdir(parents=True)
    renamed = parcels().rename({"weight": "Weight (kg)"})
    renamed[:150].write_parquet(rows / "1.parquet")
    renamed[150:].write_parquet(rows / "2.parquet")
    same(imported(tmp_path, blocks("use-files-or-a-bucket.md", "python")[0], monkeypatch), project)


def test_the_example_of_a_database_reads_it(
    store: Callable[[pl.DataFrame], None],
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store(parcels())
    same(imported(tmp_path, blocks("use-a-database.md", "python")[0], monkeypatch), project)


def compiled(text: str, directory: Path) -> dict[str, Any]:
    """Return the executors' part of what Kubeflow is given for a pipeline's text."""
    module = ModuleType("pipeline_of_page")
    exec(compile(text, "pipeline.py", "exec"), module.__dict__)  # noqa: S102
    path = directory / "training.yaml"
    Compiler().compile(module.PIPELINE, str(path))
    (_, platform) = yaml.safe_load_all(path.read_text())
    executors = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    return cast("dict[str, Any]", executors)


@pytest.mark.parametrize("block", range(len(NAMES)))
def test_the_lines_for_a_cluster_give_the_ingest_step_the_secret(
    block: int, tmp_path: Path
) -> None:
    text = PIPELINE.read_text()
    assert text.count(READS) == 1
    executors = compiled(
        text.replace(READS, READS + blocks(IN_A_CLUSTER, "python")[block]), tmp_path
    )
    given = {
        name: {
            pair["envVar"]
            for secret in executor["secretAsEnv"]
            if secret["secretName"] == "source"
            for pair in secret["keyToEnv"]
        }
        for name, executor in executors.items()
    }
    assert given == {"exec-ingest": NAMES[block], "exec-register": set(), "exec-train": set()}
    assert "optional" not in str(executors)  # Kubeflow 2.14 refuses it


def test_the_lines_for_workflows_belong_below_the_first_list_of_variables() -> None:
    text = (TEMPLATE / "components/workflows/pod/model-registry.yaml").read_text()
    (lines,) = blocks(IN_A_CLUSTER, "yaml")
    head, value, rest = text.partition("  value:\n")
    added = yaml.safe_load(head + value + lines + rest)[0]
    assert added["path"] == "/spec/templates/0/container/envFrom"
    assert added["value"] == [
        {"secretRef": {"name": "source"}},
        {"configMapRef": {"name": "step-settings"}},
    ]
