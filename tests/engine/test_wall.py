"""The wall between engine and project; every rule has a planted defect that it finds."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.engine import wall
from tests.engine.kit import TEMPLATE

SOURCE = TEMPLATE / "src" / "slipway"
TEST_LINES = 300
Rule = Callable[[Path], list[str]]

DEFECTS = [
    (wall.jinja_tags, "bundle.py", 'NAME = "#{ package_name }#"\n'),
    (wall.jinja_tags, "serve/page.css", "#% if gpu %#\n"),
    (wall.jinja_tags, "bundle.py", "#| a remark |#\n"),
    (wall.words_of_an_example, "bundle.py", "# one flight a row\n"),
    (wall.words_of_an_example, "gate.py", "# run the preflight\n"),
    (wall.words_of_an_example, "bundle.py", '"""Such as JFK."""\n'),
    (wall.words_of_an_example, "monitor/page.py", "Carriers = 1\n"),
    (wall.words_of_an_example, "monitor/page.py", "by_depot = 1\n"),
    (wall.foreign_imports, "bundle.py", "from parcels import source\n"),
    (wall.foreign_imports, "bundle.py", "def late():\n    import parcels.source\n"),
    (wall.foreign_imports, "gate.py", "from pipelines.training.pipeline import PIPELINE\n"),
    (wall.finders, "gate.py", "import importlib\nimportlib.import_module(package)\n"),
    (wall.finders, "gate.py", "__import__(package)\n"),
    (wall.imports_of_the_contract, "contract/gate.py", "from ..errors import ProjectError\n"),
    (wall.imports_of_the_contract, "contract/gate.py", "from .. import errors\n"),
    (wall.imports_of_the_contract, "contract/gate.py", "def f():\n    from ..files import x\n"),
    (wall.digest_patterns, "store.py", 'import re\nNAME = re.compile("[a-f0-9]{64}")\n'),
    (wall.digest_patterns, "store.py", 'NAME = r"^[0-9a-f]{12,64}$"\n'),
    (wall.month_patterns, "store.py", r'NAME = r"\d{4}-(0\d|1[0-2])"' + "\n"),
    (wall.exceptions, "store.py", "class StoreError(Exception):\n    pass\n"),
    (wall.exceptions, "store.py", "class Lost(ProjectError):\n    pass\n"),
    (wall.exceptions, "errors.py", "class Other(ValueError):\n    pass\n"),
    (wall.programs, "store.py", 'import subprocess\nsubprocess.run(["git"])\n'),
    (wall.programs, "store.py", "from subprocess import run\n"),
    (wall.programs, "command.py", 'import subprocess\nsubprocess.Popen(["git"])\n'),
    (wall.programs, "release/serving.py", 'import os\nos.system("git")\n'),
    (wall.inherited_environments, "store.py", 'import subprocess\nsubprocess.run(["git"])\n'),
    (wall.inherited_environments, "store.py", "import os\nos.execve(path, words, os.environ)\n"),
    (wall.inherited_environments, "testing/x.py", "subprocess.Popen(words, env=os.environ)\n"),
    (wall.environments, "release/git.py", 'ALL = ("dev", "staging", "prod")\n'),
    (wall.environments, "demo/report.py", 'TEXT = f"what prod ran on {day}"\n'),
    (wall.long_functions, "gate.py", "def long():\n" + "    x = 1\n" * 30),
    (wall.long_modules, "gate.py", "x = 1\n" * 201),
]
RULES = {rule.__name__: rule for rule, _, _ in DEFECTS}


@pytest.mark.parametrize("name", RULES)
def test_the_engine_keeps_the_rule(name: str) -> None:
    assert RULES[name](SOURCE) == []


def plant(place: Path, files: dict[str, str]) -> Path:
    """Write a made-up engine and return its root."""
    root = place / "engine"
    for file, text in files.items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.parametrize(
    ("rule", "file", "text"),
    DEFECTS,
    ids=[f"{rule.__name__}-{number}" for number, (rule, _, _) in enumerate(DEFECTS)],
)
def test_a_planted_defect_is_found(tmp_path: Path, rule: Rule, file: str, text: str) -> None:
    complaints = rule(plant(tmp_path, {file: text}))
    assert complaints
    assert all(complaint.startswith(file) for complaint in complaints)


@pytest.mark.parametrize(
    ("rule", "file", "text"),
    [
        (wall.foreign_imports, "training/local.py", "def run():\n    import pipelines.training\n"),
        (wall.finders, "project.py", "import importlib\nimportlib.import_module(package)\n"),
        (wall.finders, "gate.py", 'import importlib\nimportlib.import_module("lightgbm")\n'),
        (wall.imports_of_the_contract, "contract/gate.py", "from .metrics import Metrics\n"),
        (wall.digest_patterns, "contract/digest.py", 'PATTERN = "^[0-9a-f]{64}$"\n'),
        (wall.programs, "testing/test_x.py", "import subprocess\nsubprocess.run([])\n"),
        (wall.environments, "gate.py", '"""Such as prod."""\n'),
        (wall.long_functions, "gate.py", "def long():\n" + "    x = 1\n" * 29),
    ],
)
def test_what_is_allowed_is_no_defect(tmp_path: Path, rule: Rule, file: str, text: str) -> None:
    assert rule(plant(tmp_path, {file: text})) == []


def test_no_module_of_the_engine_needs_itself() -> None:
    assert wall.import_circle(SOURCE) == []


@pytest.mark.parametrize(
    "files",
    [
        {"a.py": "from . import b\n", "b.py": "from .a import x\n"},
        {"a.py": "from .b import c\n", "b/__init__.py": "", "b/c.py": "from ..a import x\n"},
        {"a.py": "import slipway.b\n", "b.py": "if True:\n    from . import a\n"},
        {"a.py": "from .b import c\n", "b/__init__.py": "from .. import a\n", "b/c.py": ""},
        {"b/__init__.py": "from .c import f\nx = 1\n", "b/c.py": "from . import x\n"},
        {
            "a.py": "try:\n    from . import b\nexcept OSError:\n    pass\n",
            "b.py": "from . import a",
        },
        {"a.py": "class A:\n    from . import b\n", "b.py": "from . import a\n"},
    ],
)
def test_a_circle_of_imports_is_found(tmp_path: Path, files: dict[str, str]) -> None:
    assert wall.import_circle(plant(tmp_path, {"__init__.py": "", **files}))


@pytest.mark.parametrize(
    "late",
    [
        "def f():\n    from .a import x\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .a import x\n",
    ],
)
def test_what_is_imported_late_or_for_types_closes_no_circle(tmp_path: Path, late: str) -> None:
    files = {"__init__.py": "", "a.py": "from . import b\n", "b.py": late}
    assert wall.import_circle(plant(tmp_path, files)) == []


def test_a_package_may_import_its_own_modules_and_they_each_other(tmp_path: Path) -> None:
    package = {"b/__init__.py": "from .c import f\n", "b/c.py": "from . import d\n", "b/d.py": ""}
    assert wall.import_circle(plant(tmp_path, {"__init__.py": "", **package})) == []


def test_the_tests_of_the_engine_stay_short() -> None:
    assert wall.too_long(Path(__file__).parent, TEST_LINES) == []


def absent_from_the_server() -> set[str]:
    """Return the top-level modules that are installed here and not in the serving image."""
    listed = (TEMPLATE / "images" / "serve" / "requirements.txt").read_text()
    served = {_plain(name) for name in re.findall(r"^([\w.-]+)==", listed, re.MULTILINE)}
    return {
        module
        for module, distributions in packages_distributions().items()
        if not {_plain(name) for name in distributions} & served
    }


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def import_as_the_server(statement: str) -> subprocess.CompletedProcess[str]:
    """Run an import where only what the serving image holds can be imported."""
    code = f"import sys\nfor name in {absent_from_the_server()!r}:\n    sys.modules[name] = None\n"
    return subprocess.run(
        [sys.executable, "-c", code + statement],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "name",
    [
        *("features", "errors", "families", "tasks", "routes", "bundle"),
        *("tasks.binary", "tasks.multiclass", "tasks.regression"),
        *("objectives", "project", "serve.app", "serve.server", "serve.fetch", "serve.prove"),
    ],
)
def test_the_server_needs_nothing_but_its_image(name: str) -> None:
    ended = import_as_the_server(f"import slipway.{name}")
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize(
    "name", ["dataframely", "mlflow", "lightgbm", "slipway.training_data.labels"]
)
def test_what_the_image_lacks_cannot_be_imported_there(name: str) -> None:
    ended = import_as_the_server(f"import {name}")
    assert ended.returncode == 1
    assert "ModuleNotFoundError" in ended.stderr
