"""What the gate said about a version: a report with its run, a tag, and the alias `challenger`."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from ..contract.gate import GateReport
from ..files import write_bytes
from ..project import project
from . import tracking
from .versions import Version, by_number, set_alias


def log_report(version: Version, report: GateReport, directory: Path) -> None:
    """Write a report to `directory` and to the run, tag the version, move `challenger`.

    The tags are `gate`, passed or refused, and `against_champion`.

    Raises:
        ProjectError: The directory cannot be written, or MLflow cannot be reached.
    """
    path = directory / _name(version)
    write_bytes(path, msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    tags = {
        "gate": "passed" if report.passed else "refused",
        "against_champion": report.against_champion,
    }
    with tracking.client() as client:
        client.log_artifact(version.run_id, str(path), "gate")
        for key, value in tags.items():
            client.set_model_version_tag(version.name, str(version.number), key, value)
    if report.passed:
        set_alias("challenger", version.number)


def read_report(version: Version) -> GateReport | None:
    """Return what the gate said last about a version; None when it was never asked."""
    if not version.gate:
        return None
    with tempfile.TemporaryDirectory() as directory, tracking.client() as client:
        path = client.download_artifacts(version.run_id, f"gate/{_name(version)}", directory)
        return msgspec.json.decode(Path(path).read_bytes(), type=GateReport)


def registered_since(start: datetime) -> list[tuple[datetime, Version]]:
    """Return the versions that were registered since, each with when.

    Raises:
        ProjectError: MLflow cannot be reached.
    """
    with tracking.client() as client:
        entries = client.search_model_versions(f"name = '{project().name}'")
    times = {
        int(e.version): datetime.fromtimestamp(e.creation_timestamp / 1000, UTC) for e in entries
    }
    return [(at, by_number(number)) for number, at in sorted(times.items()) if at >= start]


def registered_at(number: int) -> float:
    """Return when a version was registered, in seconds since 1970.

    Raises:
        ProjectError: The registry does not hold it, or MLflow cannot be reached.
    """
    version = by_number(number)
    with tracking.client() as client:
        entry = client.get_model_version(version.name, str(version.number))
    return float(entry.creation_timestamp / 1000)


def report_uri(version: Version) -> str:
    """Return where MLflow keeps the report of a version."""
    return f"runs:/{version.run_id}/gate/{_name(version)}"


def _name(version: Version) -> str:
    return f"gate-v{version.number}.json"
