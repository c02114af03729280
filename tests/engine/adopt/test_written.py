"""What is written: nothing but five files, all of them as the project's own checks want them."""

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slipway import schema
from slipway.objectives import load, objectives

from ..kit import ROOT, TEMPLATE
from .conftest import Adopt
from .kit import PACKAGE, ROWS, git, table
from .test_names import NASTY

MODULES = ("source", "schema", "features")
WRITTEN = {
    *(f"src/loans/{name}.py" for name in MODULES),
    *("objectives.yaml", "docs/data-dictionary.md"),
}
VALUES = [float(row % 9) for row in range(ROWS)]
PLACE = 'däta of "us"/it\'s a long path with spaces/' + "and more " * 9 + "/rows.parquet"
PAGE = "docs/data-dictionary.md"


def configuration(root: Path, section: str) -> Path:
    """Return a file with what every project's pyproject.toml says about a tool."""
    text = (TEMPLATE / "pyproject.toml.jinja").read_text("utf-8")
    parts = text.replace("#{ package_name }#", "loans").split("\n[")
    kept = [part for part in parts if part.startswith(section)]
    assert kept
    (root / "tools").mkdir()
    path = root / "tools" / "pyproject.toml"
    path.write_text("[" + "\n[".join(kept), "utf-8")
    return path


def nasty() -> pl.DataFrame:
    """Return a table with every name, and outcomes of odd letters."""
    outcomes = ['it\'s "late"\n😀' if value else "no" for value in table()["unpaid"]]
    names = dict.fromkeys(NASTY, VALUES) | {'the "category"': ["a", "b"] * (ROWS // 2)}
    return table(names, unpaid=outcomes, huge=[value * 1e30 for value in VALUES])


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (table(), []),
        (nasty(), []),
        (table(amount=[None] * ROWS), []),
        (table(unpaid=["a", "b", "c, d", "e"] * (ROWS // 4)), ['--event=a,"c, d"']),
    ],
)
def test_ruff_has_nothing_to_say(frame: pl.DataFrame, words: list[str], adopt: Adopt) -> None:
    result = adopt(frame, *words, path=PLACE)
    assert set(result.columns) > {"row_id", "asked"}
    settings = configuration(result.root.parent, "tool.ruff")
    modules = [result.root / "src" / "loans" / f"{name}.py" for name in MODULES]
    for words in (["check"], ["format", "--check", "--diff"]):
        command = [sys.executable, "-m", "ruff", *words, "--quiet", "--no-cache"]
        ended = subprocess.run(
            [*command, "--config", settings, *modules], capture_output=True, text=True
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr


def test_mypy_has_nothing_to_say(adopt: Adopt) -> None:
    result = adopt(nasty(), path=PLACE)
    modules = [result.root / "src" / "loans" / f"{name}.py" for name in MODULES]
    paths = os.pathsep.join([str(result.root / "src"), str(TEMPLATE / "src")])
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent"),
            *(
                "--cache-dir",
                str(ROOT / ".mypy_cache" / "adopted"),
                "--explicit-package-bases",
                *map(str, modules),
            ),
        ],
        capture_output=True,
        text=True,
        env=os.environ | {"MYPYPATH": paths},
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_only_the_five_files_are_written(adopt: Adopt) -> None:
    result = adopt(table())
    assert result.code == 0, result.err
    assert result.changed == WRITTEN


def test_the_table_of_decisions_names_every_column(adopt: Adopt) -> None:
    shown = adopt(table(note=[f"note {row}" for row in range(ROWS)])).out
    for name in ("(row number)", "asked", "amount", "branch", "note"):
        assert any(line.startswith(name) for line in shown.splitlines()), shown
    assert "unpaid is 1 in 30.8% of 400 rows whose outcome is known" in " ".join(shown.split())


def test_a_name_moves_no_cursor_of_the_terminal(adopt: Adopt) -> None:
    assert "\x1b" not in adopt(table({"\x1b[2Jred": VALUES})).out


def test_the_data_dictionary_is_that_of_the_written_schema(adopt: Adopt) -> None:
    result = adopt(nasty())
    assert result.code == 0, result.err
    assert (result.root / PAGE).read_text("utf-8") == schema.data_dictionary()


def test_the_draft_keeps_owner_and_serving_and_names_a_group(adopt: Adopt) -> None:
    before = objectives()
    draft = load(adopt(nasty()).root / "objectives.yaml")
    assert draft.owner == before.owner
    assert draft.serving == before.serving
    assert draft.gate.group == "branch"
    assert "😀" in draft.goal


def test_adopting_a_second_table_needs_a_commit_of_the_first(adopt: Adopt, home: Path) -> None:
    assert adopt(table()).code == 0
    assert "is not committed" in adopt(table(other=VALUES)).sentence
    git(home, "add", "-A")
    git(home, "commit", "-qm", "our own data")
    assert "other" in adopt(table(other=VALUES), "--replace").columns


def test_modules_for_ones_own_data_are_only_replaced_when_that_is_said(
    adopt: Adopt, home: Path
) -> None:
    adopt(table())
    with (home / "src" / PACKAGE / "features.py").open("a", encoding="utf-8") as module:
        module.write("EDITED = True\n")
    git(home, "add", "-A")
    git(home, "commit", "-qm", "our own data")
    said = adopt(table(other=VALUES)).sentence
    assert said.startswith("The data is your own by now, and adopt would replace src/loans/source")
    assert "REPLACE=yes" in said
    assert "other" in adopt(table(other=VALUES), "--replace").columns


def test_what_was_replaced_can_be_had_back_by_the_command_that_is_told(
    adopt: Adopt, home: Path
) -> None:
    result = adopt(table())
    words = result.out.partition("to have back what was there: git ")[2].splitlines()[0].split()
    assert result.changed
    git(home, *words)
    assert result.changed == {"rows.parquet"} - set(result.before)


def test_a_file_that_cannot_be_written_leaves_all_as_they_were(adopt: Adopt, home: Path) -> None:
    (home / "docs" / "data-dictionary.md").unlink()
    (home / "docs" / "data-dictionary.md").mkdir()
    (home / "docs" / "data-dictionary.md" / "page.md").write_text("mine\n", "utf-8")
    git(home, "add", "-A")
    git(home, "commit", "-qm", "a directory in the way")
    assert "could not be written" in adopt(table()).sentence


VALUE = {
    "floats": st.one_of(st.none(), st.floats()),
    "integers": st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)),
    "texts": st.one_of(st.none(), st.text(max_size=4)),
    "booleans": st.one_of(st.none(), st.booleans()),
    "few": st.sampled_from([0, 1, 7]),
    "words": st.sampled_from(["a", "NA", "", " "]),
    "days": st.one_of(st.none(), st.dates()),
}
COLUMN = st.sampled_from(sorted(VALUE)).flatmap(
    lambda kind: st.lists(VALUE[kind], min_size=1, max_size=9)
)
NAME = st.one_of(st.text(max_size=12), st.sampled_from(NASTY))


@settings(
    max_examples=25,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(columns=st.dictionaries(NAME, COLUMN, max_size=5), csv=st.booleans())
def test_any_table_is_refused_with_a_sentence_or_passes_the_quarantine(
    columns: dict[str, list[object]], csv: bool, adopt: Adopt, home: Path
) -> None:
    git(home, "checkout", "-q", "--", ".")
    own = {"asked", "unpaid", "amount", "branch"}
    repeated = {
        name: [values[row % len(values)] for row in range(ROWS)]
        for name, values in columns.items()
        if name not in own
    }
    frame = table(repeated)
    result = adopt(frame.write_csv().encode() if csv else frame)
    if result.code:
        assert result.sentence.endswith(".")
    else:
        assert result.changed - {"rows.csv", "rows.parquet"} == WRITTEN
        assert len(result.read()) == len(result.labels()) == ROWS
