from datetime import date, timedelta

from slipway.monitor.decide import decide
from slipway.monitor.drift import DriftReport, FeatureDrift
from slipway.monitor.performance import Performance
from slipway.objectives import Monitoring

TODAY = date(2013, 5, 1)


def performance(auc: float | None, rows: int = 25_000) -> Performance:
    return Performance(predictions=28_000, rows=rows, labelled_share=rows / 28_000, auc=auc)


def column(name: str, flagged: bool) -> FeatureDrift:
    return FeatureDrift(name, "number", 0, 0, 0, 0, None, flagged, ["any", "missing"], [1], [1])


def drift(*flagged: str) -> DriftReport:
    columns = [column(name, flagged=True) for name in flagged]
    return DriftReport(28_000, True, columns, column("prediction", flagged=False))


def test_a_loss_of_performance_asks_for_a_training(limits: Monitoring) -> None:
    decision = decide(performance(0.65), drift(), None, TODAY, limits)
    assert decision.retrain
    assert "AUC 0.650 over 25,000 labelled rows is below the objective 0.68" in decision.reason


def test_drift_without_loss_is_harmless(limits: Monitoring) -> None:
    decision = decide(performance(0.72), drift("temperature", "wind"), None, TODAY, limits)
    assert (decision.status, decision.retrain) == ("healthy", False)
    assert "the drift in temperature, wind does no harm so far" in decision.reason


def test_no_drift_and_no_loss_is_healthy(limits: Monitoring) -> None:
    decision = decide(performance(0.72), drift(), None, TODAY, limits)
    assert decision.reason == "AUC 0.720 meets the objective 0.68, and nothing drifted."


def test_the_objective_itself_is_good_enough(limits: Monitoring) -> None:
    assert not decide(performance(limits.auc_objective), drift(), None, TODAY, limits).retrain


def test_many_drifted_columns_are_summed_up(limits: Monitoring) -> None:
    decision = decide(performance(0.72), drift(*"abcde"), None, TODAY, limits)
    assert "a, b, c and 2 more" in decision.reason


def test_too_few_labels_decide_nothing(limits: Monitoring) -> None:
    few = performance(0.5, limits.minimum_rows - 1)
    decision = decide(few, drift("wind"), None, TODAY, limits)
    assert (decision.status, decision.retrain) == ("unknown", False)
    assert "999 of 28,000 predictions have a label, 1,000 are needed" in decision.reason
    assert "Drifted meanwhile: wind." in decision.reason


def test_labels_of_one_kind_decide_nothing(limits: Monitoring) -> None:
    decision = decide(performance(None), drift(), None, TODAY, limits)
    assert decision.status == "unknown"
    assert "all of them the same" in decision.reason


def test_a_loss_right_after_a_training_waits(limits: Monitoring) -> None:
    trained = TODAY - timedelta(days=limits.cooldown_days - 1)
    decision = decide(performance(0.6), drift(), trained, TODAY, limits)
    assert (decision.status, decision.retrain) == ("waiting", False)
    assert f"the last training was {trained}: wait" in decision.reason


def test_a_loss_after_the_cooldown_asks_again(limits: Monitoring) -> None:
    trained = TODAY - timedelta(days=limits.cooldown_days)
    assert decide(performance(0.6), drift(), trained, TODAY, limits).retrain
