"""The model registry: versions, aliases and artifacts of one registered model in MLflow.

Aliases: `candidate` is the newest version, `challenger` the last one that passed the gate, and
`champion` what the last environment has released (Git is the truth, `release.sync_champion` follows
it).
"""

from .pipelines import made_by_pipelines
from .registration import register
from .reports import log_report, read_report, registered_at, registered_since, report_uri
from .versions import (
    Version,
    answered,
    by_alias,
    by_number,
    fetch,
    newest,
    refusals_in_a_row,
    released,
    remove_alias,
    set_alias,
    trained,
)

__all__ = [
    "Version",
    "answered",
    "by_alias",
    "by_number",
    "fetch",
    "log_report",
    "made_by_pipelines",
    "newest",
    "read_report",
    "refusals_in_a_row",
    "register",
    "registered_at",
    "registered_since",
    "released",
    "remove_alias",
    "report_uri",
    "set_alias",
    "trained",
]
