from prometheus_client.parser import text_string_to_metric_families

from slipway.monitor import metrics
from slipway.monitor.report import Report
from slipway.objectives import Objectives

Samples = dict[tuple[str, str], float]


def samples(report: Report, targets: Objectives) -> Samples:
    text = metrics.text(report, targets).decode()
    return {
        (sample.name, sample.labels.get("feature", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_column_has_its_drift(report: Report, targets: Objectives) -> None:
    values = samples(report, targets)
    names = {feature for name, feature in values if name == "model_feature_psi"}
    assert names == {"weight", "depot", "prediction"}
    assert values["model_feature_flagged", "weight"] == 1
    assert values["model_feature_flagged", "depot"] == 0


def test_a_figure_without_a_value_is_left_out(report: Report, targets: Objectives) -> None:
    values = samples(report, targets)
    assert ("model_feature_ks", "weight") in values
    assert ("model_feature_ks", "depot") not in values


def test_performance_stands_beside_its_objective(report: Report, targets: Objectives) -> None:
    values = samples(report, targets)
    assert values["model_auc", ""] == 0.65
    assert values["model_quality_objective", ""] == 0.68
    assert values["model_labelled_share", ""] == 0.75
    assert values["model_retraining_wanted", ""] == 1
