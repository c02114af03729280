"""A month of an environment: the days added up, of the model that answered most of its rows."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from ..contract.captured import Answerer
from ..objectives import Objectives
from . import captures
from .fold import Folder
from .models import Models
from .summary import Counts, Summary


@dataclass(frozen=True)
class Month:
    """What one model answered; `tallies` are those of its days with labels, oldest first.

    `others` counts the rows of other models by their digest.
    """

    whole: Summary
    tallies: list[Counts]
    others: dict[str, int]
    unreadable: int


def add_up(month: str, captured: str, kept: str, as_of: date, targets: Objectives) -> Month | None:
    """Return a month of what is captured at one place, None if there is nothing.

    What the days hold is kept at the other place.

    Raises:
        ProjectError: A store fails, or labels have a column too few or of another type.
    """
    models = Models(targets.task)
    days, unreadable = captures.days(captured, month, models.inputs)
    wholes: dict[Answerer, Summary] = {}
    tallies = defaultdict(list)
    for state in Folder(captured, kept, models, targets).month(days, as_of):
        unreadable += state.unreadable
        for summary in state.summaries:
            before = wholes.get(summary.answerer)
            wholes[summary.answerer] = summary if before is None else before + summary
            if summary.tally:
                tallies[summary.answerer].append(summary.tally)
    if not wholes:
        return None
    chosen = max(wholes, key=lambda answerer: wholes[answerer].answered)
    others: Counter[str] = Counter()
    for answerer, summary in wholes.items():
        if answerer != chosen:
            others[answerer.model] += summary.answered
    return Month(wholes[chosen], tallies[chosen], dict(others), unreadable)
