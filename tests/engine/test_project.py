"""What pyproject.toml says of a project, and the contract of the project's own package."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import parcels.features
import parcels.model
import parcels.schema
import parcels.source
from slipway import project as projects
from slipway.errors import ProjectError

Write = Callable[[str], None]
Install = Callable[..., None]

WHOLE = """
[project]
name = "late-parcels"

[tool.slipway]
package = "parcels"
environments = ["dev", "prod"]
images = "registry.example.com/parcels"
"""


@pytest.fixture
def write(project: Path) -> Write:
    """Return a function that replaces pyproject.toml."""

    def replace(text: str) -> None:
        (project / "pyproject.toml").write_text(text)
        projects.project.cache_clear()

    return replace


@pytest.fixture
def install(write: Write, project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Return a function that makes the package `shop` of modules' texts, and the project's own."""

    def make(**modules: str) -> None:
        write(WHOLE.replace('"parcels"', '"shop"'))
        directory = project / "src" / "shop"
        directory.mkdir(parents=True)
        for name, text in {"__init__": "", **modules}.items():
            (directory / f"{name}.py").write_text(text)
        monkeypatch.syspath_prepend(directory.parent)

    yield make
    for name in [name for name in sys.modules if name.partition(".")[0] == "shop"]:
        del sys.modules[name]


def told(call: Callable[[], object]) -> str:
    """Return the one sentence that a call ends with."""
    with pytest.raises(ProjectError) as error:
        call()
    sentence = str(error.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def test_a_project_has_a_name_a_package_and_environments_in_order(write: Write) -> None:
    write(WHOLE)
    project = projects.project()
    assert (project.name, project.package) == ("late-parcels", "parcels")
    assert (project.first, project.last) == ("dev", "prod")
    assert project.images == "registry.example.com/parcels"


def test_the_modules_of_the_package_are_the_contract() -> None:
    modules: list[Any] = [projects.source(), projects.schema(), projects.features()]
    assert modules == [parcels.source, parcels.schema, parcels.features]
    assert projects.model() is parcels.model.MODEL
    assert projects.routes() is None


def test_a_missing_pyproject_is_told(project: Path) -> None:
    path = project / "pyproject.toml"
    path.unlink()
    assert told(projects.project) == f"{path} is missing: run this in a project's root."


@pytest.mark.parametrize("text", ["[project", 'name = "\\q"'])
def test_a_damaged_pyproject_is_told(text: str, write: Write) -> None:
    write(text)
    assert "pyproject.toml is not valid TOML, mend it: " in told(projects.project)


@pytest.mark.parametrize("kept", ['[project]\nname = "x"', '[project]\nname = "x"\n[tool.slipway]'])
def test_a_project_that_names_no_package_is_told(kept: str, write: Write) -> None:
    write(kept)
    sentence = told(projects.project)
    assert sentence.endswith("write package = ... under [tool.slipway].")


def test_a_project_without_a_name_is_told(write: Write) -> None:
    write(WHOLE.replace('name = "late-parcels"', ""))
    assert told(projects.project).endswith("write name = ... under [project].")


@pytest.mark.parametrize(
    ("line", "changed", "said"),
    [
        ('package = "parcels"', 'package = "parcels"\ncolour = "red"', "unknown field `colour`"),
        ('images = "registry.example.com/parcels"', "", "missing required field `images`"),
        ('["dev", "prod"]', '"dev"', "Expected `array`, got `str` - at `$.environments`"),
        ('["dev", "prod"]', "[]", "length >= 1 - at `$.environments`"),
        ('"parcels"', "3", "Expected `str`, got `int` - at `$.package`"),
    ],
)
def test_a_wrong_value_is_named(line: str, changed: str, said: str, write: Write) -> None:
    assert line in WHOLE
    write(WHOLE.replace(line, changed))
    sentence = told(projects.project)
    assert "pyproject.toml: [tool.slipway]: " in sentence
    assert said in sentence


@pytest.mark.parametrize("module", ["source", "schema", "features", "model"])
def test_a_package_that_does_not_exist_is_told(module: str, write: Write) -> None:
    write(WHOLE.replace('"parcels"', '"nowhere"'))
    assert told(getattr(projects, module)) == (
        f"src/nowhere/{module}.py is missing: [tool.slipway] in pyproject.toml names 'nowhere'."
    )


def test_a_module_that_does_not_exist_is_told(install: Install) -> None:
    install(source="")
    assert told(projects.model).startswith("src/shop/model.py is missing: ")


@pytest.mark.parametrize(
    ("module", "text", "lacking"),
    [
        ("source", "LABEL_DELAY = available = 1", "read_features, read_labels"),
        ("schema", "class Features: ...", "Labels"),
        ("features", "FEATURES = ()", "Encoder, fit, transform"),
        ("model", "", "MODEL"),
        ("routes", "", "add"),
    ],
)
def test_a_module_that_lacks_a_name_of_the_contract_is_told(
    module: str, text: str, lacking: str, install: Install
) -> None:
    install(**{module: text})
    assert told(getattr(projects, module)) == f"src/shop/{module}.py does not define {lacking}."


def test_routes_of_the_project_are_returned(install: Install) -> None:
    install(routes="def add(api): ...")
    routes = projects.routes()
    assert routes is not None
    assert routes.__name__ == "shop.routes"


def test_a_package_that_the_users_module_lacks_is_not_taken_for_the_module(
    install: Install,
) -> None:
    install(source="import no_such_package")
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        projects.source()
