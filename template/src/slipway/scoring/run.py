"""`make score`: score a file, or the rows of a day, with what an environment has released."""

from collections import Counter
from datetime import date

import yaml

from .. import bundle, release
from ..contract.release import Release
from ..errors import ProjectError
from ..settings import settings
from . import tables
from .output import Output, Part, Scored, output_of
from .parts import Scorer
from .tables import Table


def main(environment: str, day: date | None = None, file: str | None = None) -> None:
    """Score a file, or a day: by default the newest one that is over.

    Raises:
        ProjectError: Nothing is released, the model cannot be had intact, the table cannot be read
            or lacks a column, no row can be scored, or a store fails.
    """
    released = release.required(environment)
    if file is not None:
        table = tables.of_file(file)
    else:
        table = tables.of_day(day or tables.newest_day(), environment)
    score(table, environment, released, keeps_answers(environment))


def keeps_answers(environment: str) -> bool:
    """Tell whether an environment keeps what is answered for the monitor: 0 seconds keep none.

    Raises:
        ProjectError: settings.yaml of the environment is damaged.
    """
    path = settings().project_root / "environments" / environment / "settings.yaml"
    if not path.is_file():
        return True  # a project without a cluster has no such file
    try:
        return float(yaml.safe_load(path.read_text("utf-8"))["data"]["capture-seconds"]) > 0
    except (KeyError, TypeError, ValueError, yaml.YAMLError):
        raise ProjectError(
            f"{path} does not say how many seconds of predictions may be lost: restore "
            "capture-seconds from Git."
        ) from None


def score(table: Table, environment: str, released: Release, kept: bool) -> None:
    """Score a table once, however often it is asked for, and print what there is then.

    What is answered is kept for the monitor, or not.

    Raises:
        ProjectError: As `main`.
    """
    output = output_of(table, environment, released)
    if ended := output.ended():
        print(sentence(ended, output), "It was so before, and nothing is done twice.")
        return
    directory = release.bring(released)
    model = bundle.load(directory, released.model_digest, released.manifest_digest)
    captures = f"{settings().captures}/{environment}" if kept else ""
    parts = Scorer(model, released, captures, output).score(table)
    if not parts:
        print(f"{table.title} has no rows: there is nothing to score.")
        return
    scored = _sum(parts, table, environment, released)
    _require_some(scored, output)
    output.end(parts, scored)
    print(sentence(scored, output))


def sentence(scored: Scored, output: Output) -> str:
    """Say what there is, and where."""
    count = scored.rows - scored.quarantined
    told = f"{scored.model} has scored {count:,} rows of {scored.table}: {output.address}."
    if not scored.quarantined:
        return told
    reasons = ", ".join(f"{rule} {count:,}" for rule, count in scored.broken.items())
    return (
        f"{told} {scored.quarantined:,} rows break the schema ({reasons}) and are in "
        f"{output.quarantine}."
    )


def _sum(parts: list[Part], table: Table, environment: str, released: Release) -> Scored:
    broken: Counter[str] = Counter()
    for part in parts:
        broken.update(part.broken)
    return Scored(
        table=table.title,
        environment=environment,
        model=released.title,
        model_digest=released.model_digest,
        manifest_digest=released.manifest_digest,
        rows=sum(part.rows for part in parts),
        quarantined=sum(part.quarantined for part in parts),
        broken=dict(broken.most_common()),
    )


def _require_some(scored: Scored, output: Output) -> None:
    """Refuse a table of which nothing could be scored: more is wrong than some rows."""
    if scored.quarantined == scored.rows:
        raise ProjectError(
            f"None of the {scored.rows:,} rows of {scored.table} can be scored, most often for "
            f"{next(iter(scored.broken))}: {output.place}/{output.quarantine} has them with the "
            "reasons; mend the table, or the rule in schema.py if it is the rule that is wrong."
        )
