"""The model card: what a released model is, for people who did not train it."""

from .config import settings
from .files import write_bytes
from .manifest import Manifest
from .objectives import Objectives, objectives

PATH = "docs/model-card.md"


def main(environment: str) -> None:
    """Write docs/model-card.md from the release of an environment.

    Raises:
        ProjectError: Nothing is released there, or the registry does not hold it.
    """
    from . import bundle, release

    _, directory = release.fetch(environment)
    text = card(bundle.read_manifest(directory), objectives())
    write_bytes(settings().project_root / PATH, text.encode())
    print(f"{PATH} describes what {environment} has released.")


def card(manifest: Manifest, targets: Objectives) -> str:
    """Return the card as Markdown."""
    return "\n".join(
        (
            f"# Model card: {manifest.name}",
            "",
            "Written by `make model-card`; run it again after a release.",
            "",
            *_purpose(targets),
            *_training(manifest),
            *_metrics(manifest, targets),
            *_limits(manifest, targets),
        )
    )


def _purpose(targets: Objectives) -> list[str]:
    share = f"{targets.kpi.capacity:.0%}"
    return [
        "## Purpose",
        "",
        targets.goal,
        "",
        f"The riskiest {share} of the rows is acted on. Owner: {targets.owner.team}, "
        f"<{targets.owner.contact}>.",
        "",
    ]


def _training(manifest: Manifest) -> list[str]:
    training, model = manifest.training, manifest.model
    return [
        "## Training",
        "",
        *_table(
            ("fact", "value"),
            ("rows", f"{training.rows:,}"),
            ("period", f"{training.start} to {training.end}"),
            ("data snapshot", f"`{manifest.snapshot.digest[:12]}`"),
            ("features", ", ".join(manifest.features)),
            ("parameters", ", ".join(f"{k} {v}" for k, v in sorted(training.parameters.items()))),
            ("model", f"ONNX, {model.bytes:,} bytes, recipe `{model.recipe}`"),
            ("model digest", f"`{model.sha256[:12]}`"),
        ),
        "",
    ]


def _metrics(manifest: Manifest, targets: Objectives) -> list[str]:
    found = manifest.metrics
    days = targets.training.holdout_days
    groups = ", ".join(f"{name} {value:.3f}" for name, value in sorted(found.group_auc.items()))
    return [
        "## Quality",
        "",
        f"On {found.rows:,} labelled rows of the last {days} days, which training never saw:",
        "",
        *_table(
            ("metric", "value"),
            ("AUC", f"{found.auc:.3f}"),
            (f"AUC by {targets.gate.group}", groups),
            ("Brier score", f"{found.brier:.3f}"),
            ("expected calibration error", f"{found.calibration_error:.3f}"),
            ("event rate", f"{found.event_rate:.3f}"),
            (f"{targets.kpi.name} per 1000 rows", f"{found.value_per_1000:,.0f}"),
        ),
        "",
    ]


def _limits(manifest: Manifest, targets: Objectives) -> list[str]:
    nullable = [spec.name for spec in manifest.inputs if spec.nullable]
    return [
        "## Limits",
        "",
        f"- A monthly AUC under {targets.monitoring.auc_objective} asks for a retraining.",
        f"- May be missing in a request: {', '.join(nullable) or 'nothing'}.",
        "- A category that training has not seen is scored with the overall event rate.",
        "- It is not meant for decisions about single people.",
        "",
    ]


def _table(head: tuple[str, str], *rows: tuple[str, str]) -> list[str]:
    lines = [f"| {left} | {right} |" for left, right in rows]
    return [f"| {head[0]} | {head[1]} |", "| --- | --- |", *lines]
