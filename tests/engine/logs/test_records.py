"""What programs print in a pod: one record a line by the schema, and nothing of a row."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from slipway.logs import output, record
from slipway.schema import personal_columns
from tests.engine.kit import PROJECT, TEMPLATE

PAGE = (TEMPLATE / "docs/log-fields.md").read_text("utf-8")
DOE = "Jane-Doe-4711"
POD = {"KFP_POD_NAME": "late-parcels-training-x1-system-container-impl-77", "LOG_FORMAT": "json"}


def printed(program: str, **variables: str) -> list[dict[str, Any]]:
    """Return the records that a program prints in a pod, on whichever stream."""
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | POD | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return [json.loads(line) for line in ended.stdout.splitlines()]


def step(body: str) -> str:
    """Return a program that does something as the step `train` of a pipeline."""
    return f"import sys\nfrom slipway import logs\nlogs.begin('train')\n{body}"


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Mark a column of the made-up project as personal, in the programs that are started."""
    source = shutil.copytree(PROJECT / "src", tmp_path / "src")
    file = source / "parcels/schema.py"
    text = file.read_text("utf-8")
    marked = text.replace('{"role": "key"}', '{"role": "key", "personal": True}')
    assert marked != text
    file.write_text(marked, "utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{source}{os.pathsep}{os.environ['PYTHONPATH']}")
    return source


def test_each_line_of_a_real_step_is_a_record_of_its_run(rows_dir: Path, tmp_path: Path) -> None:
    program = (
        "from datetime import date\nfrom pathlib import Path\nfrom slipway.training import steps\n"
        f"steps.train(Path({str(rows_dir)!r}), Path({str(tmp_path / 'fitted')!r}))"
    )
    lines = printed(program)
    assert lines
    for line in lines:
        assert {"time", "level", "event"} <= line.keys() <= {*record.FIELDS, *record.SPAN}
        assert line["project"] == "late-parcels"
        assert (line["component"], line["run_id"]) == ("train", "late-parcels-training-x1")
    assert [line["event"] for line in lines if line["event"].startswith("-> ")]


def test_a_command_that_is_refused_says_so_as_an_error() -> None:
    command = "import sys\nfrom slipway import cli\nsys.exit(cli.main(['gate']))"
    (*_, line) = printed(command, LOG_RUN="loop-abc")
    assert (line["level"], line["component"], line["run_id"]) == ("error", "gate", "loop-abc")
    assert not line["event"].startswith("error")


def test_streams_levels_and_unfinished_lines_are_told_apart() -> None:
    body = (
        "print('one\\n\\ntwo')\nprint('warning: three', file=sys.stderr)\n"
        "sys.stderr.write('error: four\\n')\nprint('five', end='')"
    )
    found = [(line["level"], line["event"]) for line in printed(step(body))]
    assert found == [
        ("info", "one"),
        ("info", "two"),
        ("warning", "three"),
        ("error", "four"),
        ("info", "five"),
    ]


def test_an_unexpected_failure_is_one_record_with_its_place() -> None:
    (line,) = printed(step("raise ValueError('odd')"))
    assert (line["level"], line["event"]) == ("error", "ValueError: odd")
    assert line["exception"].startswith("Traceback")


def test_a_mistake_of_the_user_is_one_record_without_a_place() -> None:
    body = "from slipway.errors import ProjectError\nraise ProjectError('The source is empty.')"
    (line,) = printed(step(body))
    assert line["event"] == "The source is empty."
    assert "exception" not in line


PLANTED = {
    "a value in a message": f"raise ValueError('{DOE} is no number')",
    "a cast of polars": f"import polars as pl\npl.Series('parcel_id', ['{DOE}']).cast(pl.Int64)",
    "a row in a chain": (
        f"try:\n  int('{DOE}')\nexcept ValueError as e:\n  raise KeyError('{DOE}') from e"
    ),
    "a row in a note": f"e = ValueError('odd')\ne.add_note('{DOE}')\nraise e",
}


@pytest.mark.parametrize("name", PLANTED)
def test_of_a_personal_column_no_failure_quotes_a_value(name: str, private: Path) -> None:
    assert private.is_dir()
    # from a file, so that no line of the program itself holds the value
    (file := private / "fails.py").write_text(PLANTED[name].replace(DOE, "' + DOE + '"), "utf-8")
    body = f"DOE = '-'.join(['Jane', 'Doe', '4711'])\nexec(open({str(file)!r}).read())"
    lines = printed(step(body))
    assert lines
    assert DOE not in json.dumps(lines)
    assert output.LEFT_OUT in lines[-1]["event"]


def test_without_a_personal_column_the_words_stay() -> None:
    assert personal_columns() == []
    (line,) = printed(step(f"raise ValueError('{DOE}')"))
    assert DOE in line["event"]


def test_a_laptop_prints_what_it_always_printed() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", step("print('-> 12 rows')")],
        env=os.environ | POD | {"LOG_FORMAT": "text"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (ended.stdout, ended.stderr) == ("-> 12 rows\n", "")


def test_an_environment_is_that_of_the_pods_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENVIRONMENT", raising=False)
    monkeypatch.setenv(record.NAMESPACE, "late-parcels-prod")
    record.describe("server")
    assert record.origin()["environment"] == "prod"
    monkeypatch.setenv(record.NAMESPACE, "late-parcels-pipelines")
    record.describe("gate")
    assert "environment" not in record.origin()


def test_the_page_lists_the_fields_and_no_other() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", PAGE, re.M)
    assert listed == [*record.FIELDS, "exception", *record.SPAN]
