"""The page's example is followed word by word in a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from flight_delays import bundle

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "use-your-own-data.md").read_text()


def block(language: str, start: str) -> str:
    """Return the page's code block in `language` that begins with `start`."""
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE, re.S)
    (found,) = (text for text in blocks if text.startswith(start))
    return str(found)


def replace(path: Path, pattern: str, text: str) -> None:
    changed, times = re.subn(pattern, lambda _: text, path.read_text(), flags=re.S | re.M)
    assert times == 1, f"{path} has {times} places like {pattern}"
    path.write_text(changed)


def parcels(rows: int) -> str:
    """Return the CSV file: heavy parcels to Sweden are late more often."""
    random, start = Random(3), datetime(2024, 1, 1)  # noqa: S311 - repeatable test data
    lines = [block("csv", "parcel_id").splitlines()[0]]
    for row in range(rows):
        time = start + timedelta(minutes=30 * row)
        depot, country = random.choice(["BER", "HAM"]), random.choice(["DE", "SE"])
        weight = round(random.uniform(0.1, 30), 1) if row % 10 else None
        late = random.random() < 0.1 + 0.3 * (country == "SE") + 0.01 * (weight or 0)
        cells = [f"P{row:06d}", time.isoformat(), depot, country, weight or "", 500, int(late)]
        lines.append(",".join(map(str, cells)))
    return "\n".join(lines) + "\n"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    copy = tmp_path / "copied"
    for name in ("src", "pipelines"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "objectives.yaml", copy)
    (copy / "data").mkdir()
    (copy / "data" / "parcels.csv").write_text(parcels(4000))
    package = copy / "src" / "flight_delays"
    (package / "data" / "source.py").write_text(block("python", '"""Parcels'))
    classes = block("python", "class Features") + "\n\n"
    replace(package / "data" / "schema.py", r"^class Features.*?(?=^DATATYPES)", classes)
    replace(package / "features.py", r"^KEY = .*?(?=^FEATURES)", block("python", "KEY"))
    for line in block("yaml", "window_days").splitlines():
        key = line.partition(":")[0]
        replace(copy / "objectives.yaml", rf"(?<=^  ){key}:[^\n]*", line)
    return copy


TRAIN = """
import sys
from datetime import date
from pathlib import Path
from flight_delays import steps
from flight_delays.data import source

as_of, work = source.available()[1], Path(sys.argv[1])
steps.ingest(as_of, work / "data")
steps.validate(as_of, work / "data", work / "rows")
steps.train(work / "rows", work / "fitted")
print(steps.evaluate(as_of, work / "rows", work / "fitted", work / "full").auc)
"""


def test_the_example_of_the_page_trains_a_model(copied: Path, tmp_path: Path) -> None:
    environment = {"PROJECT_ROOT": str(copied), "PYTHONPATH": f"{copied / 'src'}:{copied}"}
    done = subprocess.run(
        [sys.executable, "-c", TRAIN, str(tmp_path / "work")],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert 0.6 < float(done.stdout.splitlines()[-1]) < 0.9
    manifest = bundle.read_manifest(tmp_path / "work" / "full")
    assert [spec.name for spec in manifest.inputs][:2] == ["parcel_id", "handed_over"]
    assert set(manifest.metrics.group_auc) == {"BER", "HAM"}
    assert manifest.training.rows > 2000
