"""The gate: what it lets pass, what it refuses, and what it leaves behind."""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from slipway import bundle, gate, registry
from slipway.contract.gate import GateReport, Judged
from slipway.contract.release import Release
from slipway.errors import ProjectError
from slipway.project import project as project_name
from slipway.registry import Version, tracking
from slipway.release import record
from slipway.settings import settings
from slipway.training_data.columns import read_columns
from tests.engine.gate.conftest import Ask, Judge

Make = Callable[[int], Path]
STRONG, WEAK = 20, 1  # trees


@pytest.fixture
def stored(session_project: Path, rows_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test find the snapshot behind the bundles."""
    monkeypatch.setenv("SNAPSHOT_STORE", str(session_project / "var" / "snapshots"))
    settings.cache_clear()


def _release_to_prod(project: Path, version: Version | None) -> None:
    path = project / record.location("prod")
    path.parent.mkdir(parents=True)
    if version is None:
        path.write_text("data: {}\n")
        return
    release = Release(
        model_name=version.name,
        model_version=str(version.number),
        model_uri=f"models:/{version.name}/{version.number}",
        model_digest=version.model_digest,
        manifest_digest=version.manifest_digest,
        snapshot=version.snapshot,
        source_commit=version.source_commit,
        gate_report="",
        promoted_from="staging",
    )
    path.write_text(record.dump(release))


@pytest.fixture
def holdout_rows(rows_dir: Path) -> int:
    """Return how many rows training has left to the gate."""
    return len(read_columns(rows_dir / "holdout.parquet")["label"])


def results(project: Path) -> dict[str, str]:
    """Return what a workflow is told: the one-line files by name."""
    return {path.name: path.read_text().strip() for path in (project / "results").iterdir()}


def _auc(judged: Judged) -> float:
    return judged.metrics.values["auc"]


def _failed(report: GateReport) -> list[str]:
    return [check.name for check in report.checks if not check.passed]


def test_a_better_model_passes(judge: Judge, ask: Ask) -> None:
    report = judge(STRONG, WEAK)
    assert report.passed
    assert report.champion is not None
    assert _auc(report.challenger) > _auc(report.champion)
    assert report.sentence.startswith(f"passed on {report.rows:,} rows: AUC 0.")


def test_a_worse_model_is_refused_and_the_sentence_says_why(judge: Judge, ask: Ask) -> None:
    report = judge(WEAK, STRONG)
    assert _failed(report) == ["auc_gain"]
    assert report.sentence.startswith(f"refused on {report.rows:,} rows: AUC 0.")
    assert "against the champion's 0." in report.sentence


def test_a_model_that_is_no_better_is_refused(judge: Judge, ask: Ask) -> None:
    assert _failed(judge(STRONG, STRONG)) == ["auc_gain"]


def test_the_first_model_needs_no_champion_to_beat(judge: Judge, ask: Ask) -> None:
    report = judge(WEAK, None)
    assert report.passed
    assert report.champion is None
    assert [check.name for check in report.checks] == ["auc", "calibration_error", "latency_p99_ms"]


@pytest.mark.parametrize(
    ("limit", "value", "name"),
    [
        ("minimum", {"auc": 0.99}, "auc"),
        ("maximum", {"calibration_error": 0.0001}, "calibration_error"),
        ("latency_p99_ms_maximum", 0.000001, "latency_p99_ms"),
    ],
)
def test_the_first_model_must_be_good_enough(
    limit: str, value: object, name: str, judge: Judge, ask: Ask
) -> None:
    ask(**{limit: value})
    assert _failed(judge(STRONG, None)) == [name]


def test_of_the_first_model_that_passes_the_quality_is_told(judge: Judge) -> None:
    report = judge(STRONG, None)
    assert re.search(r" rows: AUC 0\.\d{3}, within every limit\.", report.sentence)


def test_what_a_better_model_lacks_is_said_after_its_gain(judge: Judge, ask: Ask) -> None:
    ask(minimum={"auc": 0.99})
    report = judge(STRONG, WEAK)
    assert _failed(report) == ["auc"]
    assert re.search(
        r" is better: a gain of .*, but AUC 0\.\d+ \(asked: at least 0\.99\)\.$", report.sentence
    )


def test_the_business_value_can_decide_instead_of_the_auc(judge: Judge, ask: Ask) -> None:
    ask(metric="value_per_1000", margin=1)
    report = judge(STRONG, WEAK)
    assert report.checks[0].name == "value_per_1000_gain"
    assert report.champion is not None
    assert report.checks[0].value == pytest.approx(
        report.challenger.metrics.values["value_per_1000"]
        - report.champion.metrics.values["value_per_1000"]
    )


def test_a_metric_of_which_less_is_better_can_decide(judge: Judge, ask: Ask) -> None:
    ask(metric="brier", margin=0.0001)
    better, worse = judge(STRONG, WEAK), judge(WEAK, STRONG)
    assert better.passed
    assert better.checks[0].value > 0
    assert _failed(worse) == ["brier_gain"]
    assert worse.checks[0].value == -better.checks[0].value


def test_every_failure_is_told(judge: Judge, ask: Ask) -> None:
    ask(minimum={"auc": 0.99}, maximum={"calibration_error": 0.0001})
    sentence = judge(WEAK, STRONG).sentence
    assert all(words in sentence for words in ("champion", "at least 0.99", "calibration error"))


@pytest.mark.usefixtures("empty_registry")
def test_without_a_candidate_the_gate_says_what_to_do(project: Path) -> None:
    _release_to_prod(project, None)
    with pytest.raises(ProjectError, match="run `make train`"):
        gate.main()


@pytest.mark.usefixtures("empty_registry")
def test_a_candidate_that_passes_becomes_the_challenger(
    make_bundle: Make,
    stored: None,
    ask: Ask,
    project: Path,
    capfd: pytest.CaptureFixture[str],
    holdout_rows: int,
) -> None:
    _release_to_prod(project, None)
    version = registry.register(make_bundle(STRONG))
    capfd.readouterr()
    gate.main(project / "results")
    said = capfd.readouterr()
    assert results(project) == {
        "verdict": "passed",
        "version": "1",
        "against-champion": "no champion",
    }
    assert said.out.startswith(f"v1 passed on {holdout_rows} rows: AUC 0.")
    assert said.err == ""
    challenger = registry.by_alias("challenger")
    assert challenger is not None
    assert (challenger.number, challenger.gate) == (version.number, "passed")
    written = (settings().reports / "gate-v1.json").read_bytes()
    assert registry.read_report(challenger) == msgspec.json.decode(written, type=GateReport)


@pytest.mark.usefixtures("empty_registry")
def test_a_candidate_of_uncommitted_code_passes_with_a_warning(
    make_bundle: Make,
    stored: None,
    ask: Ask,
    project: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _release_to_prod(project, None)
    manifest, _, onnx_bytes = bundle.verify(make_bundle(STRONG))
    changed = msgspec.structs.replace(manifest, source_commit=f"{manifest.source_commit}-dirty")
    bundle.write(tmp_path / "changed", onnx_bytes, changed)
    registry.register(tmp_path / "changed")
    gate.main()
    challenger = registry.by_alias("challenger")
    assert challenger is not None
    assert challenger.source_commit == changed.source_commit
    assert "v1 was trained on code that is not committed" in capsys.readouterr().err


@pytest.mark.usefixtures("empty_registry")
def test_a_refusal_is_a_normal_outcome(
    make_bundle: Make,
    stored: None,
    ask: Ask,
    project: Path,
    capsys: pytest.CaptureFixture[str],
    holdout_rows: int,
) -> None:
    champion = registry.register(make_bundle(STRONG))
    _release_to_prod(project, champion)
    registry.register(make_bundle(WEAK))
    gate.main(project / "results")
    report = registry.read_report(registry.by_number(2))
    assert report is not None
    assert report.comparison is not None
    assert results(project) == {
        "verdict": "refused",
        "version": "2",
        "against-champion": report.comparison.verdict,
    }
    with tracking.client() as client:
        tags = client.get_model_version(project_name().name, "2").tags
    assert (tags["gate"], tags["against_champion"]) == ("refused", report.comparison.verdict)
    assert f"v2 refused on {holdout_rows} rows: AUC 0." in capsys.readouterr().out
    assert registry.by_number(2).gate == "refused"
    assert registry.by_alias("challenger") is None
    assert registry.by_alias("champion") == champion


@pytest.mark.usefixtures("empty_registry")
def test_what_prod_runs_is_not_judged_against_itself(
    make_bundle: Make, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _release_to_prod(project, registry.register(make_bundle(STRONG)))
    gate.main(project / "results")
    assert results(project) == {
        "verdict": "unchanged",
        "version": "1",
        "against-champion": "unchanged",
    }
    assert "v1 is what prod runs already" in capsys.readouterr().out
    assert registry.by_number(1).gate == ""


def test_the_gates_rows_are_those_that_training_left_out(
    bundle_dir: Path, rows_dir: Path, stored: None, tmp_path: Path
) -> None:
    rows = gate.holdout(bundle.read_manifest(bundle_dir), tmp_path / "data")
    wanted = read_columns(rows_dir / "holdout.parquet")
    assert list(rows["parcel_id"]) == list(wanted["parcel_id"])
    assert not set(rows["parcel_id"]) & set(read_columns(rows_dir / "train.parquet")["parcel_id"])


def test_a_champion_of_other_features_is_held_by_its_own_holdout(
    make_bundle: Make, rows_dir: Path, tmp_path: Path
) -> None:
    rows = read_columns(rows_dir / "holdout.parquet")
    manifest, _, onnx_bytes = bundle.verify(make_bundle(WEAK))
    bundle.write(tmp_path, onnx_bytes, msgspec.structs.replace(manifest, features=["an old one"]))

    champion = gate.measured_champion(tmp_path, rows)

    assert champion is not None
    assert champion.judged.metrics == manifest.metrics
    assert champion.predictions is None


def test_a_champion_of_another_task_is_not_compared(
    make_bundle: Make, rows_dir: Path, tmp_path: Path
) -> None:
    manifest, _, onnx_bytes = bundle.verify(make_bundle(WEAK))
    bundle.write(tmp_path, onnx_bytes, msgspec.structs.replace(manifest, task="regression"))
    rows = read_columns(rows_dir / "holdout.parquet")
    assert gate.measured_champion(tmp_path, rows) is None
