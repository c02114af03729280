"""Values as people read them, in the units that a dashboard names."""

TIMES = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
BYTES = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"), (1, "B"))
THOUSANDS = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def shown(value: float, unit: str) -> str:
    """Return a value with its unit: Grafana's names of units, such as `percentunit` and `s`."""
    if unit == "percentunit":
        return f"{100 * value:.4g}%"
    if unit == "s":
        return _scaled(value, TIMES, 1e-3, "ms")
    if unit == "bytes":
        return _scaled(value, BYTES, 1, "B")
    end = "/s" if unit == "reqps" else ""
    size, letter = next(((s, n) for s, n in THOUSANDS if abs(value) >= s), (1, ""))
    return f"{value / size:.3g}{letter}{end}"


def _scaled(value: float, sizes: tuple[tuple[int, str], ...], least: float, end: str) -> str:
    size, name = next(((s, n) for s, n in sizes if abs(value) >= s), (least, end))
    return f"{value / size:.3g} {name}"
