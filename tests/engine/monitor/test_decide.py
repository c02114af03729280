from datetime import date, timedelta

import msgspec

from slipway.contract.interval import Interval
from slipway.monitor.decide import Decision, decide, remind
from slipway.monitor.drift import ColumnDrift, DriftReport
from slipway.monitor.performance import Performance
from slipway.objectives import Objectives

TODAY, COMPLETE = date(2024, 5, 1), date(2024, 5, 4)


def performance(auc: float | None, rows: int = 25_000) -> Performance:
    if auc is None:
        return Performance(28_000, rows, rows / 28_000)
    return Performance(28_000, rows, rows / 28_000, {"auc": auc}, {}, around(auc, 0.005))


def around(value: float, reach: float) -> Interval:
    return Interval(value - reach, value + reach, 0.9, 30)


def column(name: str, flagged: bool) -> ColumnDrift:
    return ColumnDrift(name, "number", 0, 0, 0, 0, None, flagged, ["any", "missing"], [1], [1])


def drift(*flagged: str) -> DriftReport:
    columns = [column(name, flagged=True) for name in flagged]
    return DriftReport(28_000, True, columns, [column("prediction", flagged=False)])


def test_a_loss_of_performance_asks_for_a_training(targets: Objectives) -> None:
    decision = decide(performance(0.65), drift(), None, TODAY, COMPLETE, targets)
    assert decision.retrain
    assert "AUC 0.650 over 25,000 labelled rows misses the objective 0.68" in decision.reason


def test_a_metric_that_should_be_low_asks_for_a_training_when_it_is_high(
    targets: Objectives,
) -> None:
    lower = targets.model_copy(update={"quality": "brier"})
    decisions = [
        decide(
            Performance(2000, 2000, 1, {"brier": value}, {}, around(value, 0.005)),
            *(drift(), None, TODAY, COMPLETE, lower),
        )
        for value in (0.67, 0.683, 0.69)
    ]
    assert [decision.status for decision in decisions] == ["healthy", "unsure", "retrain"]


def test_a_loss_that_may_be_chance_asks_for_nothing_yet(targets: Objectives) -> None:
    early, late = (
        decide(performance(0.677), drift(), None, day, COMPLETE, targets)
        for day in (TODAY, COMPLETE)
    )
    assert (early.status, early.retrain) == ("unsure", False)
    assert early.reason.endswith(
        "misses the objective 0.68, which may be chance (0.672 to 0.682 with 90% confidence over "
        "30 days): look again with AS_OF=2024-05-04."
    )
    assert late.reason.endswith("watch the next month.")


def test_a_loss_on_too_few_days_decides_nothing(targets: Objectives) -> None:
    seen = msgspec.structs.replace(performance(0.5), interval=None)
    decision = decide(seen, drift(), None, TODAY, COMPLETE, targets)
    assert (decision.status, decision.retrain) == ("unknown", False)
    assert "on too few days to tell that from chance: look again with" in decision.reason


def test_drift_without_loss_is_harmless(targets: Objectives) -> None:
    decision = decide(
        performance(0.72), drift("weight", "distance"), None, TODAY, COMPLETE, targets
    )
    assert (decision.status, decision.retrain) == ("healthy", False)
    assert "the drift in weight, distance does no harm so far" in decision.reason


def test_no_drift_and_no_loss_is_healthy(targets: Objectives) -> None:
    decision = decide(performance(0.72), drift(), None, TODAY, COMPLETE, targets)
    assert decision.reason == "AUC 0.720 meets the objective 0.68, and nothing drifted."


def test_the_objective_itself_is_good_enough(targets: Objectives) -> None:
    objective = targets.monitoring.quality_objective
    assert not decide(performance(objective), drift(), None, TODAY, COMPLETE, targets).retrain


def test_many_drifted_columns_are_summed_up(targets: Objectives) -> None:
    decision = decide(performance(0.72), drift(*"abcde"), None, TODAY, COMPLETE, targets)
    assert "a, b, c and 2 more" in decision.reason


def test_too_few_labels_decide_nothing(targets: Objectives) -> None:
    few = performance(0.5, targets.monitoring.minimum_rows - 1)
    decision = decide(few, drift("weight"), None, TODAY, COMPLETE, targets)
    assert (decision.status, decision.retrain) == ("unknown", False)
    assert "999 of 28,000 predictions have a label, 1,000 are needed" in decision.reason
    assert "Drifted meanwhile: weight." in decision.reason


def test_labels_that_cannot_judge_decide_nothing(targets: Objectives) -> None:
    decision = decide(performance(None), drift(), None, TODAY, COMPLETE, targets)
    assert (decision.status, decision.retrain) == ("unknown", False)
    assert "these cannot judge a model: look at the source" in decision.reason


def test_a_loss_right_after_a_training_waits(targets: Objectives) -> None:
    trained = TODAY - timedelta(days=targets.monitoring.cooldown_days - 1)
    decision = decide(performance(0.6), drift(), trained, TODAY, COMPLETE, targets)
    assert (decision.status, decision.retrain) == ("waiting", False)
    assert f"the last training was {trained}: wait" in decision.reason


def test_a_loss_after_the_cooldown_asks_again(targets: Objectives) -> None:
    trained = TODAY - timedelta(days=targets.monitoring.cooldown_days)
    assert decide(performance(0.6), drift(), trained, TODAY, COMPLETE, targets).retrain


def test_too_few_labels_say_on_which_day_all_will_be_known(targets: Objectives) -> None:
    few = performance(0.5, 999)
    day_before = COMPLETE - timedelta(days=1)
    early = decide(few, drift(), None, day_before, COMPLETE, targets)
    assert "1,000 are needed: look again with AS_OF=2024-05-04." in early.reason
    late = decide(few, drift(), None, COMPLETE, COMPLETE, targets)
    assert "look again" not in late.reason
    assert "since 2024-05-04 no more are to come: look at the source" in late.reason


def test_days_that_the_model_knows_are_said_and_change_nothing(targets: Objectives) -> None:
    decision = decide(performance(0.65), drift(), None, TODAY, COMPLETE, targets)
    told = remind(decision, 13)
    assert told == Decision(
        decision.status,
        f"{decision.reason} The model was trained on 13 days of this month: it looks better than "
        "it is.",
        decision.retrain,
    )
    assert remind(decision, 0) == decision
