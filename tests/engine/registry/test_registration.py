"""Registering: one run and one version for the same bytes, and all that is worth knowing in it."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

from slipway import bundle, command, logs, registry
from slipway.errors import ProjectError
from slipway.logs import local
from slipway.registry import tracking
from slipway.settings import settings

BIN = Path(sys.executable).parent
pytestmark = pytest.mark.usefixtures("empty_registry")


def _runs() -> list[object]:
    with tracking.client() as client:
        experiments = [experiment.experiment_id for experiment in client.search_experiments()]
        return list(client.search_runs(experiments))


def test_a_bundle_becomes_version_one_and_the_candidate(bundle_dir: Path) -> None:
    version = registry.register(bundle_dir)
    model = bundle.load(bundle_dir)
    assert version.number == 1
    assert version.model_digest == model.model_digest
    assert version.manifest_digest == model.manifest_digest
    assert registry.by_alias("candidate") == version


def test_a_version_leads_to_the_trace_that_made_it_also_when_another_repeats_it(
    bundle_dir: Path,
) -> None:
    with logs.process("register"):
        version = registry.register(bundle_dir)
    with logs.process("register"):
        assert registry.register(bundle_dir) == version
    first, second = local.kept(settings().state)
    assert version.trace_id == first["trace_id"]
    assert first["registry_run"] == second["registry_run"] == version.run_id


def test_registering_the_same_bundle_again_returns_the_same_version(bundle_dir: Path) -> None:
    first = registry.register(bundle_dir)
    assert registry.register(bundle_dir) == first
    assert len(_runs()) == 1


def test_a_version_names_every_run_of_a_pipeline_that_made_it(
    make_bundle: Callable[[int], Path],
) -> None:
    for trees, run in ((1, "first"), (2, "second"), (1, "again"), (2, "")):
        registry.register(make_bundle(trees), run=run)
    assert registry.made_by_pipelines() == {"first": 1, "second": 2, "again": 1}


def test_another_model_becomes_the_next_version(make_bundle: Callable[[int], Path]) -> None:
    numbers = [registry.register(make_bundle(trees)).number for trees in (1, 2)]
    assert numbers == [1, 2]


def test_registering_an_older_model_again_leaves_the_newest_as_candidate(
    make_bundle: Callable[[int], Path],
) -> None:
    first, second = (registry.register(make_bundle(trees)) for trees in (1, 2))
    assert registry.register(make_bundle(1)) == first
    assert registry.by_alias("candidate") == second


@pytest.mark.parametrize("call", ["log_batch", "log_artifacts", "create_model_version"])
def test_an_interrupted_registration_goes_on_with_its_run(
    call: str, bundle_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with tracking.client() as client, monkeypatch.context() as patch:
        patch.setattr(client, call, interrupt)
        with pytest.raises(KeyboardInterrupt):
            registry.register(bundle_dir)
    assert registry.register(bundle_dir).number == 1
    assert len(_runs()) == 1


def test_the_run_holds_parameters_metrics_and_the_snapshot(bundle_dir: Path) -> None:
    version = registry.register(bundle_dir)
    manifest = bundle.read_manifest(bundle_dir)
    with tracking.client() as client:
        run = client.get_run(version.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params["num_leaves"] == str(manifest.training.parameters["num_leaves"])
    metrics = manifest.metrics
    assert run.data.metrics == pytest.approx(
        {"rows": metrics.rows, **metrics.values, **manifest.decision}
        | {f"group_{name}": quality for name, quality in metrics.groups.items()}
        | {f"importance_{one.input}": one.loss for one in manifest.importance}
    )
    assert run.data.tags["compression"] == manifest.model.recipe
    (entry,) = run.inputs.dataset_inputs
    assert json.loads(entry.dataset.source)["digest"] == manifest.snapshot.digest


def test_the_run_holds_the_figures_of_every_round(bundle_dir: Path, tmp_path: Path) -> None:
    manifest = bundle.read_manifest(bundle_dir)
    curve = {"held_out_loss": [0.7, 0.5, 0.6]}
    training = msgspec.structs.replace(manifest.training, curve=curve)
    changed = msgspec.structs.replace(manifest, training=training)
    bundle.write(tmp_path / "bundle", (bundle_dir / bundle.MODEL_FILE).read_bytes(), changed)
    version = registry.register(tmp_path / "bundle")
    with tracking.client() as client:
        logged = client.get_metric_history(version.run_id, "held_out_loss")
    assert [(figure.step, figure.value) for figure in logged] == [(1, 0.7), (2, 0.5), (3, 0.6)]


def test_the_run_holds_a_picture_of_what_the_model_relies_on(
    bundle_dir: Path, tmp_path: Path
) -> None:
    version = registry.register(bundle_dir)
    with tracking.client() as client:
        path = client.download_artifacts(version.run_id, "importance.svg", str(tmp_path))
    drawn = ElementTree.fromstring(Path(path).read_bytes())  # noqa: S314
    bars = list(drawn.iter("{http://www.w3.org/2000/svg}rect"))
    assert len(bars) == len(bundle.read_manifest(bundle_dir).importance)


def test_a_deleted_experiment_can_be_brought_back_by_the_command_that_is_told(
    make_bundle: Callable[[int], Path],
) -> None:
    registry.register(make_bundle(1))
    with tracking.client() as client:
        (experiment,) = client.search_experiments(filter_string="name = 'late-parcels'")
        client.delete_experiment(experiment.experiment_id)
    with pytest.raises(ProjectError, match="The experiment late-parcels was deleted") as told:
        registry.register(make_bundle(2))
    restore = str(told.value).split("`")[1].replace(".venv/bin/mlflow", f"{BIN}/mlflow")
    command.output(["sh", "-c", restore])
    assert registry.register(make_bundle(2)).number == 2


def test_a_damaged_bundle_is_not_registered(bundle_dir: Path, tmp_path: Path) -> None:
    damaged = shutil.copytree(bundle_dir, tmp_path / "damaged")
    (damaged / "model.onnx").write_bytes(b"damaged")
    with pytest.raises(ProjectError, match="digest"):
        registry.register(damaged)
    assert not _runs()


def test_nothing_is_said_on_the_terminal(
    bundle_dir: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    registry.register(bundle_dir)
    assert capfd.readouterr() == ("", "")


def test_a_group_of_any_name_reaches_the_run(
    bundle_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = bundle.read_manifest(bundle_dir)
    groups = {"K\u00f6ln & Bonn": 0.7, "<b>../x</b>": 0.6, "(missing)": 0.5}
    metrics = msgspec.structs.replace(manifest.metrics, groups=groups)
    changed = msgspec.structs.replace(manifest, metrics=metrics)
    bundle.write(tmp_path / "bundle", (bundle_dir / bundle.MODEL_FILE).read_bytes(), changed)
    registry.register(tmp_path / "bundle")
    with tracking.client() as client:
        (run,) = client.search_runs([client.search_experiments()[0].experiment_id])
    logged = {name: value for name, value in run.data.metrics.items() if "group" in name}
    assert sorted(logged.values()) == [0.5, 0.6, 0.7]
