from prometheus_client.parser import text_string_to_metric_families

from slipway.monitor import metrics
from slipway.monitor.report import Report

Samples = dict[tuple[str, str], float]


def samples(report: Report) -> Samples:
    text = metrics.text(report, auc_objective=0.68).decode()
    return {
        (sample.name, sample.labels.get("feature", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_column_has_its_drift(report: Report) -> None:
    found = samples(report)
    names = {feature for name, feature in found if name == "model_feature_psi"}
    assert names == {"wind", "carrier", "prediction"}
    assert found["model_feature_flagged", "wind"] == 1
    assert found["model_feature_flagged", "carrier"] == 0


def test_a_figure_without_a_value_is_left_out(report: Report) -> None:
    found = samples(report)
    assert ("model_feature_ks", "wind") in found
    assert ("model_feature_ks", "carrier") not in found


def test_performance_stands_beside_its_objective(report: Report) -> None:
    found = samples(report)
    assert found["model_auc", ""] == 0.65
    assert found["model_auc_objective", ""] == 0.68
    assert found["model_labelled_share", ""] == 0.75
    assert found["model_retraining_wanted", ""] == 1
