"""Two registered versions, measured on the same rows where that can be."""

import re
import tempfile
from pathlib import Path
from typing import NamedTuple

from .. import bundle, gate, registry
from ..contract.manifest import Manifest
from ..contract.metrics import Metrics
from ..errors import ProjectError
from ..evaluate import measure
from ..features import Columns
from ..objectives import objectives

NUMBER = re.compile(r"v?([1-9][0-9]{0,8})", re.ASCII)
ALIASES = ("candidate", "challenger", "champion")


class Side(NamedTuple):
    """One version; `latency_ms` is what the gate measured, None where it has not looked."""

    version: registry.Version
    manifest: Manifest
    metrics: Metrics
    latency_ms: float | None

    @property
    def name(self) -> str:
        """Name the version in a table."""
        return f"v{self.version.number}"


class Pair(NamedTuple):
    """Two versions, and a sentence on the rows that their figures are of."""

    first: Side
    second: Side
    rows: str

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both versions."""
        return self.first, self.second


def load(first: str, second: str) -> Pair:
    """Fetch two versions and measure both on the rows that the newer one left for the gate.

    Raises:
        ProjectError: A version does not exist, both are the same, or one cannot be had intact.
    """
    versions = find(first), find(second)
    if versions[0].number == versions[1].number:
        raise ProjectError(
            f"{first} and {second} are both v{versions[0].number}: name another version."
        )
    with tempfile.TemporaryDirectory() as name:
        fetched = [_fetch(version, Path(name)) for version in versions]
        metrics, rows = _measure(fetched, Path(name))
    sides = [
        Side(version, manifest, own, _latency_ms(version))
        for version, (_, manifest), own in zip(versions, fetched, metrics, strict=True)
    ]
    return Pair(sides[0], sides[1], rows)


def find(text: str) -> registry.Version:
    """Return the version that a number or an alias names.

    Raises:
        ProjectError: The text is neither, or the registry holds no such version.
    """
    if match := NUMBER.fullmatch(text):
        return registry.by_number(int(match[1]))
    if text not in ALIASES:
        raise ProjectError(
            f"{text!r} names no version: write a number, such as v3, or one of "
            f"{', '.join(ALIASES)}."
        )
    version = registry.by_alias(text)
    if version is None:
        raise ProjectError(f"There is no {text} yet: name the version by its number, such as v3.")
    return version


def _fetch(version: registry.Version, directory: Path) -> tuple[Path, Manifest]:
    digests = version.model_digest, version.manifest_digest
    fetched = registry.fetch(version.number, directory / f"v{version.number}", *digests)
    return fetched, bundle.read_manifest(fetched)


def _measure(fetched: list[tuple[Path, Manifest]], directory: Path) -> tuple[list[Metrics], str]:
    """Return the figures of both, and of which rows they are."""
    manifests = [manifest for _, manifest in fetched]
    newer = max(manifests, key=lambda manifest: manifest.as_of)
    since = f"rows since {newer.training.end}"
    try:
        if not all(_can_answer(manifest) for manifest in manifests):
            raise ProjectError("this code cannot run both")
        rows = gate.holdout(newer, directory / "data")
        metrics = [_figures(path, rows) for path, _ in fetched]
    except ProjectError as error:
        reason = str(error).rstrip(".")
        return (
            [manifest.metrics for manifest in manifests],
            f"Figures are those of each training, on rows of its own ({reason}): they differ "
            "by the rows as well.",
        )
    return metrics, f"Figures are of the same {metrics[0].rows:,} {since}{_seen(manifests, newer)}."


def _can_answer(manifest: Manifest) -> bool:
    return manifest.task == objectives().told_task and bundle.same_features(manifest)


def _figures(directory: Path, rows: Columns) -> Metrics:
    return measure(rows, bundle.load(directory).predict(rows), objectives())


def _seen(manifests: list[Manifest], newer: Manifest) -> str:
    """Say when one of the models was trained on rows that it is measured on."""
    if all(manifest.training.end <= newer.training.end for manifest in manifests):
        return ", which neither was trained on"
    return ", on some of which the other was trained: it is better on them than on new ones"


def _latency_ms(version: registry.Version) -> float | None:
    report = registry.read_report(version)
    checks = report.checks if report else []
    return next((check.value for check in checks if check.name == "latency_p99_ms"), None)
