"""Why a training waits, from what Kueue notes in its Workload, in one line."""

import re
from typing import Any

Object = dict[str, Any]

TAKEN = re.compile(r"insufficient unused quota for (\S+) in flavor (\S+), (\S+) more needed")
NEVER = re.compile(r"insufficient quota for (\S+) in flavor (\S+),.*?request \((\S+)\).*?\((\S+)\)")
UNKNOWN = re.compile(r"resource (\S+) unavailable in ClusterQueue")
LONGEST = 160


def condition(workload: Object, kind: str) -> Object:
    """Return a condition of a Workload, empty if Kueue has not noted it."""
    conditions = workload.get("status", {}).get("conditions", [])
    return next((item for item in conditions if item["type"] == kind), {})


def holds(workload: Object, kind: str) -> bool:
    """Tell whether a condition of a Workload is true."""
    return condition(workload, kind).get("status") == "True"


def never(workload: Object) -> str:
    """Return why a training can never begin, empty if it may."""
    if holds(workload, "QuotaReserved"):
        return ""
    message = condition(workload, "QuotaReserved").get("message", "")
    if "insufficient unused quota" in message:  # by another flavor it may
        return ""
    if too_small := NEVER.findall(message):
        what, _, wanted, _ = too_small[0]
        return f"it asks for {wanted} {what}, and all are {_by_flavor(too_small)}"
    if unknown := UNKNOWN.search(message):
        return f"it asks for {unknown[1]}, of which the queue has no quota"
    return ""


def why(workload: Object) -> str:
    """Return what a training that has not begun waits for."""
    return f"{_before(workload)}{_for_what(workload)}"[:LONGEST]


def _before(workload: Object) -> str:
    """Say that it had begun already."""
    if not holds(workload, "Evicted"):
        return ""
    if condition(workload, "Evicted").get("reason") == "Preempted":
        return "made room for a more urgent one; "
    return "gave its quota back, since its pod did not run; "


def _for_what(workload: Object) -> str:
    if reason := never(workload):
        return f"never begins: {reason}"
    message = condition(workload, "QuotaReserved").get("message", "")
    if found := TAKEN.findall(message):
        lacks = ", ".join(f"{more} more {what} ({flavor})" for what, flavor, more in found)
        return f"the quota is in use, {lacks} needed"
    if holds(workload, "QuotaReserved"):
        return "has its quota and begins"
    return " ".join(message.split()) or "Kueue has not looked at it yet"


def _by_flavor(found: list[tuple[str, ...]]) -> str:
    return ", ".join(f"{most} ({flavor})" for _, flavor, _, most in found)
