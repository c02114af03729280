"""The model card: what a released model is, for people who did not train it."""

from . import tasks
from .contract.gate import GateReport
from .contract.manifest import Manifest
from .explain import chart
from .files import write_bytes
from .objectives import Objectives, objectives
from .settings import settings

PATH = "docs/model-card.md"
PICTURE = "model-card.svg"  # beside it


def main(environment: str) -> None:
    """Write docs/model-card.md from the release of an environment.

    Raises:
        ProjectError: Nothing is released there, or the registry does not hold it.
    """
    from . import bundle, registry, release

    running, directory = release.fetch(environment)
    report = registry.read_report(registry.by_number(int(running.model_version)))
    manifest, targets = bundle.read_manifest(directory), objectives()
    path = settings().project_root / PATH
    if manifest.importance:
        drawn = chart.draw(manifest.importance, targets.quality_metric)
        write_bytes(path.with_name(PICTURE), drawn.encode())
    write_bytes(path, card(manifest, targets, report).encode())
    print(f"{PATH} describes what {environment} has released.")


def card(manifest: Manifest, targets: Objectives, report: GateReport | None) -> str:
    """Return the card as Markdown; `report` is what the gate said, if it was asked."""
    return "\n".join(
        (
            f"# Model card: {manifest.name}",
            "",
            "Written by `make model-card`; run it again after a release.",
            "",
            *_purpose(targets),
            *_training(manifest),
            *_metrics(manifest, targets),
            *_gate(report),
            *_importance(manifest, targets),
            *_limits(manifest, targets),
        )
    )


def _purpose(targets: Objectives) -> list[str]:
    answers = [f"- `{output.name}`: {output.meaning}" for output in targets.task.outputs]
    return [
        "## Purpose",
        "",
        targets.goal,
        "",
        "It answers:",
        "",
        *answers,
        "",
        f"Owner: {targets.owner.team}, <{targets.owner.contact}>.",
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
    metrics = manifest.metrics
    quality = targets.quality_metric
    rows = [(_title(m, targets), m.show(metrics.values[m.name])) for m in targets.task.metrics]
    groups = [
        (f"{quality.title}, {targets.gate.group} {group}", quality.show(value))
        for group, value in sorted(metrics.groups.items())
    ]
    return [
        "## Quality",
        "",
        f"On {metrics.rows:,} labelled rows since {manifest.training.end}, which training never "
        "saw:",
        "",
        *_table(("metric", "value"), *rows, *groups),
        "",
    ]


def _gate(report: GateReport | None) -> list[str]:
    if report is None:
        return []
    return [f"The gate: {report.sentence}", ""]


def _importance(manifest: Manifest, targets: Objectives) -> list[str]:
    head = ["## What it relies on", ""]
    if not manifest.importance:
        return [*head, "Nobody has measured it: a model that is trained from now on says it.", ""]
    quality = targets.quality_metric.title
    rows = [(one.input, f"{one.loss:.4f} \u00b1 {one.spread:.4f}") for one in manifest.importance]
    return [
        *head,
        f"How much worse the {quality} gets on the same rows when an input is shuffled, mean and "
        "spread of the draws. Inputs that say the same cover for each other.",
        "",
        f"![What the model relies on]({PICTURE})",
        "",
        *_table(("input", f"{quality}, worse by"), *rows),
        "",
    ]


def _title(metric: tasks.Metric, targets: Objectives) -> str:
    value = f"{targets.kpi.name} per 1,000 rows ({targets.kpi.unit})"
    return value if metric.name == tasks.VALUE else metric.title


def _limits(manifest: Manifest, targets: Objectives) -> list[str]:
    nullable = [spec.name for spec in manifest.inputs if spec.nullable]
    objective = targets.quality_metric.limit(targets.monitoring.quality_objective)
    return [
        "## Limits",
        "",
        f"- A month whose {targets.quality_metric.title} is worse than {objective}, beyond chance, "
        "asks for a retraining.",
        f"- May be missing in a request: {', '.join(nullable) or 'nothing'}.",
        *(f"- {limit}" for limit in targets.limits),
        "",
    ]


def _table(head: tuple[str, str], *rows: tuple[str, str]) -> list[str]:
    lines = [f"| {left} | {right} |" for left, right in rows]
    return [f"| {head[0]} | {head[1]} |", "| --- | --- |", *lines]
