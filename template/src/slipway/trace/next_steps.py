"""Where a trace leads: the commands that go on from it, to the model, its data and its runs."""

from ..settings import settings
from .find import Record


def told(records: list[Record], cluster: str) -> list[str]:
    """Return a line for each way on, below a heading; the commands ask the same place."""
    where = f" WHERE={cluster}" if cluster else ""
    ways = dict.fromkeys(way for one in records for way in _ways(one, where))
    return ["", "go on", *ways] if ways else []


def _ways(one: Record, where: str) -> list[str]:
    ways = []
    environment, version = one.get("environment"), one.get("model_version")
    if one.get("component") == "server" and environment:
        ways.append(f"the model, its data and its training: make lineage ENV={environment}{where}")
    if name := one.get("object"):
        place = settings().captures.removeprefix(f"{settings().project_root}/")
        ways.append(f"the captured rows: {place}/{environment}/*/*/{name}.parquet")
    if one.get("registry_run"):
        ways.append(f"the version beside the champion: make compare B=v{version}{where}")
    if snapshot := one.get("snapshot"):
        ways.append(f"the data: snapshot {snapshot}")
    if trained := one.get("trained_in"):
        ways.append(f"the training of v{version}: make trace ID={trained}{where}")
    if where and (run := one.get("run_id")):
        ways.append(f"all that {run} said: make logs{where} RUN={run}")
    return ways
