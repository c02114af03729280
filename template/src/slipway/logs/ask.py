"""`slipway logs`: what the programs of a cluster said, newest last."""

import json
import re
from dataclasses import dataclass

from ..errors import ProjectError
from ..project import project
from . import store

LEVELS = {"info": "", "warning": "warning,error,critical", "error": "error,critical"}
SHOWN = 200  # lines, the newest
HOUR, EVER = "1h", "365d"  # what is looked at when nothing says what it is about, and when it does
SINCE = re.compile(r"[1-9]\d{0,3}[mhd]")
TIME = slice(5, 19)  # without the year, to the second
OWN = ("_", "k8s.", "scope.", "severity_", "log.")  # of the store and the agent
NO_SPAN = '!"kind":="span"'
SAID = {"component", "environment", "event", "exception", "level", "project", "time"}


@dataclass(frozen=True)
class Question:
    """Which lines are wanted; what is empty is not asked."""

    run: str = ""
    request: str = ""
    level: str = ""
    component: str = ""
    environment: str = ""
    since: str = ""

    def query(self) -> str:
        """Return the question in LogsQL: the newest lines, and one more to know of others.

        Raises:
            ProjectError: The level or the time is written wrongly.
        """
        if self.level and self.level not in LEVELS:
            raise ProjectError(f"There is no level {self.level!r}: write error, warning or info.")
        since = self.since or (EVER if self.run or self.request else HOUR)
        if not SINCE.fullmatch(since):
            raise ProjectError(f"{since!r} is no time: write it as 30m, 1h or 7d.")
        filters = [f"_time:{since}", NO_SPAN, *self._filters()]
        return f"{' '.join(filters)} | sort by (_time) desc | limit {SHOWN + 1}"

    def _filters(self) -> list[str]:
        namespace = f"{project().name}-{self.environment}"
        levels = LEVELS.get(self.level, "")
        found = {
            self.run: [_is("run_id", self.run), *_pods(self.run)],
            self.request: [_is("request_id", self.request), _is("trace_id", self.request)],
            self.component: [
                _is("component", self.component),
                _is("k8s.container.name", self.component),
            ],
            self.environment: [
                _is("environment", self.environment),
                _is("k8s.namespace.name", namespace),
            ],
            levels: [_is("level", level) for level in levels.split(",")],
        }
        return [f"({' or '.join(choices)})" for asked, choices in found.items() if asked]


def main(address: str, question: Question) -> None:
    """Print the lines that a question is about.

    Raises:
        ProjectError: The question is wrong, the store does not answer, or it has no such line.
    """
    lines = store.ask(address, question.query())
    if not lines:
        raise ProjectError(
            "No line is kept that fits: ask for less, or for a longer time by SINCE=7d; a line "
            "arrives some seconds after it is printed."
        )
    if len(lines) > SHOWN:
        print(
            f"the newest {SHOWN} lines; ask by RUN, REQUEST, LEVEL, COMPONENT or SINCE for others"
        )
    shown: dict[str, None] = {}  # an agent that begins anew reads what is still there again
    for line in sorted(lines[:SHOWN], key=lambda line: str(line["_time"])):
        shown.setdefault(text(line))
    print("\n".join(shown))


def text(line: store.Line) -> str:
    """Return a line for a person: when, who, what, and what there is to add."""
    who = line.get("component") or f"{line.get('k8s.pod.name')} {line.get('k8s.container.name')}"
    where = line.get("environment", "")
    level = line.get("level", "info")
    begin = [str(line["_time"])[TIME].replace("T", " "), where, who]
    begin += [f"{level}:"] * (level != "info")
    added = [f"{key}={value}" for key, value in line.items() if is_added(key)]
    said = " ".join([*filter(None, begin), str(line.get("_msg", "")), *added])
    return "\n    ".join([said, *str(line.get("exception", "")).splitlines()])


def is_added(key: str) -> bool:
    """Tell whether a field is said after the words of a line."""
    return key not in SAID and not key.startswith(OWN)


def _is(field: str, value: str) -> str:
    return f"{json.dumps(field)}:={json.dumps(value)}"


def _pods(run: str) -> list[str]:
    """Return the filters of the pods of a workflow: their names begin with its own."""
    field = json.dumps("k8s.pod.name")
    return [f"{field}:={json.dumps(run)}", f"{field}:={json.dumps(run + '-')}*"]
