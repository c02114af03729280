"""The faults of a game day: what causes each alert, what is seen, and what ends it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.e2e.kit import faults
from tests.e2e.kit.delivery import Delivered
from tests.e2e.kit.faults import CAPTURES, FAILING, GOOD, LAST, POOR, REGISTRY, SLOW

Action = Callable[[Delivered], object]
RULES = "components/serving/monitoring/objectives.rules.yaml"
YOUNG = {RULES: {"vector(15552000)": "vector(60)"}}  # the age of a model that is too much
LOGS = "components/telemetry/monitoring/alerts.yaml"
FULL = {LOGS: {"< 0.1": "<= 1", "for: 15m": "for: 0m"}}  # nobody fills the disk of a node here


@dataclass(frozen=True)
class Fault:
    """What an alert is about: how it is caused, seen, and ended."""

    alert: str
    environment: str
    cause: Action
    promised: float  # seconds from the fault until somebody is told, at most
    hint: str  # in what the commands of Diagnosis print
    mend: Action | None = None  # what Mitigation says in words
    commands: bool = True  # of Mitigation, which are for this cause of the alert


TOLD = 90  # seconds: Prometheus looks each 15 s, Alertmanager waits 30, and the machine is busy
LATE = 120  # seconds until a planted defect shows
MANY = 180  # seconds of a release, on a busy machine
FAULTS = (  # each part at once, one after the other; no fault hides another of its part
    (
        Fault(
            "MonitorStale",
            LAST,
            faults.suspended,
            300 + TOLD,
            "loop",
            lambda project: faults.revert(project, "nobody watches"),
        ),
        Fault(
            "ServingErrorBudgetBurnsFast",
            FAILING,
            lambda project: faults.broken_release(project, FAILING, "late_errors", 20),
            MANY + LATE + TOLD,
            "RuntimeError: planted",
        ),
        Fault(
            "ServingErrorBudgetBurnsSlowly",  # told once the fast one is over
            FAILING,
            lambda _: None,
            1200,
            f"release({FAILING}): a faster server",
            commands=False,
        ),
        Fault(
            "ServingSlow",
            SLOW,
            lambda project: faults.broken_release(project, SLOW, "late_slow", 1),
            MANY + LATE + 600 + TOLD,
            f"release({SLOW}): a faster server",
        ),
        Fault(
            "ServingAbsent",
            LAST,
            lambda project: faults.wrong_password(project, LAST, *REGISTRY),
            120 + TOLD,
            "did not hand out",
            lambda project: faults.right_password(project, LAST, *REGISTRY),
            commands=False,
        ),
        Fault("TrainingFailed", "", faults.failed_training, 120 + TOLD, "2012-01-01"),
        Fault(
            "ModelBelowObjective",
            LAST,
            lambda project: faults.watch(project, POOR),
            120 + TOLD,
            "monitor-2013",
            lambda project: faults.watch(project, GOOD),
            commands=False,
        ),
        Fault(
            "ChallengersRefused",
            "",
            faults.refused_challengers,
            600 + TOLD,
            "monitor-2013",
            faults.passing_challenger,
            commands=False,
        ),
    ),
    (
        Fault(
            "WorkflowsAbsent",
            "",
            faults.no_controller,
            MANY + 600 + TOLD,
            "0/0",
            lambda project: faults.revert(project, "no controller at night"),
        ),
        Fault(
            "ModelOld",
            LAST,
            lambda project: faults.edit(project, YOUNG, "chore: a minute is too old"),
            MANY + TOLD,
            "health",
            lambda project: faults.revert(project, "a minute is too old"),
            commands=False,
        ),
        Fault(
            "ModelDataOld",
            LAST,
            faults.too_old,
            MANY + 60 + TOLD,
            "2013",
            lambda project: faults.revert(project, "newer data"),
            commands=False,
        ),
        Fault(
            "LogStoreFull",
            "",
            lambda project: faults.edit(project, FULL, "chore: any disk is full"),
            MANY + TOLD,
            "logs-size",
            lambda project: faults.revert(project, "any disk is full"),
            commands=False,
        ),
        Fault(
            "PredictionsLost",
            LAST,
            faults.lost,
            MANY + TOLD,
            "queue full",
            lambda project: faults.right_password(project, LAST, *CAPTURES),
            commands=False,
        ),
    ),
)
