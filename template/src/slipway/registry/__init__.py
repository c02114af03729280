"""The model registry: versions, aliases and artifacts of one registered model in MLflow.

Aliases: `candidate` is the newest version, `challenger` the last one that passed the gate, and
`champion` what the last environment has released (Git is the truth, `release.sync_champion` follows
it).
"""

from .registration import register
from .reports import log_report, read_report, report_uri
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
)

__all__ = [
    "Version",
    "answered",
    "by_alias",
    "by_number",
    "fetch",
    "log_report",
    "newest",
    "read_report",
    "refusals_in_a_row",
    "register",
    "released",
    "remove_alias",
    "report_uri",
    "set_alias",
]
