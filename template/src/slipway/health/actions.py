"""Post-mortems, and which of their actions are still to be done."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..errors import ProjectError
from ..post_mortem import DIRECTORY
from ..settings import settings

DAY = re.compile(r"(\d{4}-\d\d-\d\d)-.+\.md", re.ASCII)
TITLE = re.compile(r"^# (.+)$", re.M)
ACTIONS = re.compile(r"^## Actions$(.*?)(?=^## |\Z)", re.M | re.S)
ROW = re.compile(r"^\|(.+)\|[ \t]*$", re.M)
CELL = re.compile(r"(?<!\\)\|")
HEAD = 2  # lines above the rows
DONE = "~~"


@dataclass(frozen=True)
class Action:
    """A row of the table: what is to be done, by whom and until when, in the words of the page."""

    what: str
    owner: str
    until: str

    def overdue(self, today: date) -> bool:
        """Tell whether its day is past; what is no day is not."""
        try:
            return date.fromisoformat(self.until) < today
        except ValueError:
            return False


@dataclass(frozen=True)
class Incident:
    """A post-mortem: its file, what happened, and the actions that are not struck out."""

    name: str
    title: str
    open: list[Action]


def read() -> list[Incident]:
    """Return the post-mortems, oldest first.

    Raises:
        ProjectError: A page cannot be read.
    """
    directory = settings().project_root / DIRECTORY
    return [_incident(path) for path in sorted(directory.glob("*.md")) if DAY.fullmatch(path.name)]


def _incident(path: Path) -> Incident:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path} cannot be read: {error}; restore it from Git.") from None
    title, table = TITLE.search(text), ACTIONS.search(text)
    rows = [_cells(row) for row in ROW.findall(table[1])[HEAD:]] if table else []
    opened = [Action(row[0], row[-2], row[-1]) for row in rows if _to_do(row)]
    return Incident(f"{DIRECTORY}/{path.name}", title[1] if title else path.stem, opened)


def _cells(row: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in CELL.split(row)]


def _to_do(row: list[str]) -> bool:
    return len(row) >= 3 and bool(row[0]) and not row[0].startswith(DONE)
