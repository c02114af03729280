"""What differs between two versions, line by line."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from .. import tasks
from ..contract.inputs import InputSpec
from ..objectives import Objectives
from .sides import Pair, Side

NONE = "-"  # stands where a version has nothing of a name


class Line(NamedTuple):
    """One thing of both versions in words; `better` is the name of the better one, if one is."""

    name: str
    first: str
    second: str
    better: str = ""

    @property
    def differs(self) -> bool:
        """Tell whether the versions differ in it."""
        return self.first != self.second


class Section(NamedTuple):
    """Lines that belong together."""

    title: str
    lines: list[Line]


def sections(pair: Pair, targets: Objectives) -> list[Section]:
    """Return every figure, and of all else what differs."""
    return [
        Section("figures", figures(pair, targets)),
        Section("groups", groups(pair, targets)),
        Section("size and speed", _costs(pair)),
        Section("training", _differing(pair, _training)),
        Section("parameters", _differing(pair, _parameters)),
        Section("features", _differing(pair, _features)),
        Section("inputs", _differing(pair, _inputs)),
    ]


def figures(pair: Pair, targets: Objectives) -> list[Line]:
    """Return a line for each metric that both versions have."""
    first, second = (side.metrics.values for side in pair.sides)
    return [
        _figure(metric, metric.title, pair, first[metric.name], second[metric.name])
        for metric in targets.task.metrics
        if metric.name in first and metric.name in second
    ]


def groups(pair: Pair, targets: Objectives) -> list[Line]:
    """Return the quality of each group that both versions could be judged on."""
    first, second = (side.metrics.groups for side in pair.sides)
    metric = targets.quality_metric
    return [
        _figure(metric, f"{metric.title}, {name}", pair, first[name], second[name])
        for name in sorted(first.keys() & second.keys())
    ]


def _figure(metric: tasks.Metric, title: str, pair: Pair, first: float, second: float) -> Line:
    loss = metric.loss(second, first) if metric.better else 0
    return _line(title, pair, metric.show(first), metric.show(second), loss)


def _line(title: str, pair: Pair, first: str, second: str, loss: float) -> Line:
    """Return a line; a loss that cannot be seen in what is shown makes neither better."""
    better = pair.first.name if loss > 0 else pair.second.name if loss < 0 else ""
    return Line(title, first, second, better if first != second else "")


def _costs(pair: Pair) -> list[Line]:
    """Return bytes and, where the gate has measured both, milliseconds; less is better."""
    first, second = (side.manifest.model.bytes for side in pair.sides)
    lines = [_line("bytes of the model", pair, f"{first:,}", f"{second:,}", second - first)]
    old, new = (side.latency_ms for side in pair.sides)
    if old is not None and new is not None:
        lines.append(_line("ms for one row (p99)", pair, f"{old:.2f}", f"{new:.2f}", new - old))
    return lines


def _training(side: Side) -> dict[str, str]:
    manifest, version = side.manifest, side.version
    training = manifest.training
    return {
        "as of": manifest.as_of,
        "task": str(manifest.task),
        "period": f"{training.start} to {training.end}",
        "rows": f"{training.rows:,}",
        "data snapshot": manifest.snapshot.digest[:12],
        "schema": manifest.schema_hash[:12],
        "code": manifest.source_commit[:12] or NONE,
        "pipeline": version.pipeline_digest[:12] or NONE,
        "recipe": manifest.model.recipe,
        "gate": version.gate or "not asked",
    }


def _parameters(side: Side) -> dict[str, str]:
    return {name: str(value) for name, value in side.manifest.training.parameters.items()}


def _features(side: Side) -> dict[str, str]:
    return dict.fromkeys(side.manifest.features, "yes")


def _inputs(side: Side) -> dict[str, str]:
    return {spec.name: _rules(spec) for spec in side.manifest.inputs}


def _rules(spec: InputSpec) -> str:
    """Return what an input takes, in a few words."""
    words = [spec.datatype, "may be missing" if spec.nullable else ""]
    if (spec.minimum, spec.maximum) != (None, None):
        words.append(f"{_limit(spec.minimum)} to {_limit(spec.maximum)}")
    words += [f"one of {len(spec.allowed)}" if spec.allowed else "", spec.pattern, spec.unit]
    return ", ".join(word for word in words if word)


def _limit(value: float | None) -> str:
    return "any" if value is None else f"{value:g}"


def _differing(pair: Pair, facts: Callable[[Side], dict[str, str]]) -> list[Line]:
    """Return the facts that differ, in the order of the first version."""
    first, second = (facts(side) for side in pair.sides)
    lines = [Line(name, first.get(name, NONE), second.get(name, NONE)) for name in first | second]
    return [line for line in lines if line.differs]


def text(listed: Iterable[Section], pair: Pair) -> str:
    """Return the sections as a table for a terminal."""
    shown = [section for section in listed if section.lines]
    lines = [line for section in shown for line in section.lines]
    wide = [max(len(line[column]) for line in lines) for column in range(3)]
    widths = [max(wide[0], 24), *(max(length, 8) for length in wide[1:])]
    rows = [pair.rows, _row(widths, Line("", pair.first.name, pair.second.name, "better"))]
    for section in shown:
        rows += ["", section.title, *(_row(widths, line) for line in section.lines)]
    return "\n".join(rows)


def _row(widths: list[int], line: Line) -> str:
    cells = [f"{cell:<{width}}" for cell, width in zip(line[:3], widths, strict=True)]
    return "  ".join([*cells, line.better]).rstrip()
