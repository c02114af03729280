"""A gate looks at a directory, counts what it looked at and names what is wrong."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Findings:
    """How many things a gate has looked at, and what is wrong with them."""

    checked: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, problems: Iterable[str]) -> None:
        """Count one more thing with its problems, which may be none."""
        self.checked += 1
        self.problems += problems


@dataclass(frozen=True)
class Gate:
    """A check with the least number of things that it has to look at."""

    check: Callable[[Path], Findings]
    floor: int

    @property
    def name(self) -> str:
        """The check's name, as the report prints it."""
        return self.check.__name__

    def judge(self, directory: Path) -> Findings:
        """Look at `directory`; looking at too little is a problem of its own."""
        findings = self.check(directory)
        if findings.checked < self.floor:
            findings.problems.append(f"{self.name} looked at {findings.checked} < {self.floor}")
        return findings


def texts(directory: Path) -> Iterator[tuple[str, str]]:
    """Yield the relative path and text of each text file outside .git."""
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if not path.is_file() or name.startswith(".git/"):
            continue
        content = path.read_bytes()
        if b"\0" not in content:
            yield name, content.decode("utf-8")
