"""Dashboards, as their files in components/ describe them for Grafana."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ProjectError
from ..settings import settings

FILES = "components/**/dashboard.json"
DAY = 86400  # seconds
UNITS = {"m": 60, "h": 3600, "d": DAY}
FIRST = "overview"


@dataclass(frozen=True)
class Target:
    """A query, and how its series are called: `{{label}}` stands for the value of a label."""

    query: str
    legend: str


@dataclass(frozen=True)
class Panel:
    """A part of a dashboard. `kind` is stat, bargauge or timeseries, `width` is of 24 columns."""

    title: str
    meaning: str
    kind: str
    unit: str
    width: int
    named: bool  # whether a stat shows what its series is called
    stacked: bool
    words: dict[str, str]  # for values that have a name
    targets: list[Target]


@dataclass(frozen=True)
class Board:
    """A dashboard: `name` is the end of its title, `seconds` how far it looks back."""

    name: str
    title: str
    seconds: int
    panels: list[Panel]


def read() -> list[Board]:
    """Return the dashboards of this project, the overview first.

    Raises:
        ProjectError: A file is not what Grafana reads.
    """
    found = [_board(path) for path in settings().project_root.glob(FILES)]
    return sorted(found, key=lambda board: (board.name != FIRST, board.name))


def _board(path: Path) -> Board:
    try:
        content = json.loads(path.read_text("utf-8"))
        title, begin = content["title"], content["time"]["from"]
        panels = sorted(content["panels"], key=_place)
        drawn = [_panel(panel) for panel in panels]
        since = re.fullmatch(r"now-(\d+)([mhd])", begin)
        if since is None:
            raise ValueError(f"time.from is {begin!r}, not such as 'now-6h'")
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else error
        raise ProjectError(f"{path} is no dashboard of Grafana: {reason}; mend it.") from None
    name = title.rpartition(": ")[2].replace(" ", "-")
    return Board(name, title, int(since[1]) * UNITS[since[2]], drawn)


def _place(panel: dict[str, Any]) -> tuple[int, int]:
    return panel["gridPos"]["y"], panel["gridPos"]["x"]


def _panel(panel: dict[str, Any]) -> Panel:
    defaults = panel["fieldConfig"]["defaults"]
    words = {
        value: named["text"]
        for mapping in defaults.get("mappings", [])
        for value, named in mapping["options"].items()
    }
    return Panel(
        panel["title"],
        panel.get("description", ""),
        panel["type"],
        defaults.get("unit", "none"),
        panel["gridPos"]["w"],
        panel.get("options", {}).get("textMode") == "name",
        "stacking" in defaults.get("custom", {}),
        words,
        [Target(target["expr"], target.get("legendFormat", "")) for target in panel["targets"]],
    )
