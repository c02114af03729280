"""Registering: one run and one version for the same bytes, and all that is worth knowing in it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from slipway import bundle, registry
from slipway.errors import ProjectError
from slipway.registry import tracking

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


def test_registering_the_same_bundle_again_returns_the_same_version(bundle_dir: Path) -> None:
    first = registry.register(bundle_dir)
    assert registry.register(bundle_dir) == first
    assert len(_runs()) == 1


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
    )
    assert run.data.tags["compression"] == manifest.model.recipe
    (entry,) = run.inputs.dataset_inputs
    assert json.loads(entry.dataset.source)["digest"] == manifest.snapshot.digest


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
