"""What Prometheus remembers of alerts that fired."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from ..prometheus import Series, between
from .events import Event

QUERY = 'ALERTS{alertstate="firing", severity!="heartbeat"}'
LEAST_STEP = 60  # seconds
MOST_POINTS = 10_000  # Prometheus gives no more than 11,000 a series


def fired(address: str, start: datetime, end: datetime) -> list[Event]:
    """Return each alert that fired between two moments, with how long.

    Raises:
        ProjectError: Prometheus does not answer.
    """
    step = max(LEAST_STEP, int((end - start).total_seconds()) // MOST_POINTS + 1)
    series = between(address, QUERY, start, end, step)
    return [event for one in series for event in _times(one, step)]


def _times(series: Series, step: int) -> Iterator[Event]:
    """Yield the times that one alert fired: seconds without it end one."""
    moments = [at for at, _ in series.samples]
    begins = [n for n, at in enumerate(moments) if n == 0 or at - moments[n - 1] > step * 1.5]
    for first, after in zip(begins, [*begins[1:], len(moments)], strict=True):
        minutes = (moments[after - 1] - moments[first] + step) / 60
        at = datetime.fromtimestamp(moments[first], UTC)
        yield Event(at, f"{_title(series.labels)} fires, for {minutes:.0f} min", "an alert")


def _title(labels: Mapping[str, str]) -> str:
    where = f" in {labels['environment']}" if "environment" in labels else ""
    severity = f" ({labels['severity']})" if "severity" in labels else ""
    return f"{labels['alertname']}{severity}{where}"
