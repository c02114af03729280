"""Why a training waits, in one line."""

from slipway.queues import reasons
from tests.engine.queues.kit import MADE_ROOM, TOO_LARGE, condition, waiting, workload


def test_what_is_missing_is_a_number() -> None:
    reason = reasons.why(workload("a", 200, waiting()))
    assert reason == "the quota is in use, 1 more cpu (shared) needed"


def test_what_made_room_says_so() -> None:
    evicted = condition("Evicted", "True", "Preempted", MADE_ROOM)
    reason = reasons.why(workload("a", 200, waiting(), evicted))
    assert reason.startswith("made room for a more urgent one; the quota is in use")


def test_what_found_no_node_says_so() -> None:
    evicted = condition("Evicted", "True", "PodsReadyTimeout")
    reason = reasons.why(workload("a", 200, waiting(), evicted))
    assert reason.startswith("gave its quota back, since its pod did not run; ")


def test_more_than_all_never_begins() -> None:
    item = workload("a", 200, waiting(TOO_LARGE))
    assert reasons.never(item) == "it asks for 9 cpu, and all are 4 (shared)"
    assert reasons.why(item) == f"never begins: {reasons.never(item)}"


def test_more_than_one_flavor_has_may_begin_in_another() -> None:
    both = f"{TOO_LARGE}, insufficient unused quota for cpu in flavor spot, 1 more needed"
    assert reasons.never(workload("a", 200, waiting(both))) == ""


def test_a_resource_without_a_quota_never_begins() -> None:
    message = "resource nvidia.com/gpu unavailable in ClusterQueue"
    item = workload("a", 200, waiting(f"couldn't assign flavors to pod set main: {message}"))
    assert reasons.never(item) == "it asks for nvidia.com/gpu, of which the queue has no quota"


def test_what_kueue_says_otherwise_is_repeated_in_one_line() -> None:
    item = workload("a", 200, waiting("ClusterQueue parcels\n  is inactive"))
    assert reasons.why(item) == "ClusterQueue parcels is inactive"
    assert reasons.why(workload("a", 200)) == "Kueue has not looked at it yet"


def test_what_runs_may_have_asked_for_more_before() -> None:
    assert reasons.never(workload("a", 200, condition("QuotaReserved", "True"))) == ""
