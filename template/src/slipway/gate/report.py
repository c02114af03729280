"""The gate's verdict on a challenger, with all that it rests on."""

from ..bundle import Model
from ..contract.gate import Check, Comparison, GateReport
from ..features import Columns
from ..months import counted
from ..objectives import objectives
from .comparison import compare
from .groups import too_small, worst_group
from .limits import latency_p99_ms, limits
from .models import Measured, measured


def judge(challenger: Model, champion: Measured | None, rows: Columns) -> GateReport:
    """Hold `challenger` on rows (n,) against objectives.yaml and against the champion."""
    new = measured(challenger, rows)
    checks: list[Check] = []
    comparison: Comparison | None = None
    if champion is not None:
        comparison, gained = compare(new, champion, rows)
        checks = [gained, *worst_group(new, champion, rows)]
    checks += limits(new.values, latency_p99_ms(challenger, rows))
    passed = all(check.passed for check in checks)
    verdict = f"{'passed' if passed else 'refused'} on {new.judged.metrics.rows:,} rows"
    return GateReport(
        passed=passed,
        sentence=f"{verdict}: {_words(new, checks, comparison)}.{_notes(champion, rows)}",
        checks=checks,
        challenger=new.judged,
        champion=champion.judged if champion else None,
        rows=new.judged.metrics.rows,
        snapshot=challenger.manifest.snapshot.digest,
        comparison=comparison,
    )


def _words(new: Measured, checks: list[Check], comparison: Comparison | None) -> str:
    """Say why: the comparison in any case, and all that failed."""
    first, failed = checks[0], [check.words for check in checks if not check.passed]
    if not failed and comparison is None:
        quality = objectives().quality_metric
        return f"{quality.title} {quality.show(new.values[quality.name])}, within every limit"
    if comparison is None or not first.passed:
        return "; ".join(failed)
    return ", but ".join(filter(None, (first.words, "; ".join(failed))))


def _notes(champion: Measured | None, rows: Columns) -> str:
    """Say when the champion knows rows that it is judged on, as with an earlier --as-of."""
    if champion is None:
        return ""
    days = champion.judged.trained_days
    known = f" The champion was trained on {counted(days)} of these rows." if days else ""
    return known + too_small(rows)
