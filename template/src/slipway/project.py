"""A project: its name, its environments, and its own package, which is found here alone.

`[tool.slipway]` of pyproject.toml says what the package is called. Its modules are the contract:

- source: LABEL_DELAY, available(), read_features(), read_labels(), as `sources.Source` says, and
  EXAMPLE, the name of the data, where it is none of the project's own;
- schema: Features and Labels, classes of dataframely;
- features: FEATURES, Encoder, fit(), transform(), as `features.Transformation` says;
- model: MODEL, a family as `families.Family` says;
- routes, if there is one: add(api), see `slipway.routes`.
"""

import importlib
import importlib.util
import tomllib
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any, cast

import msgspec

from .errors import ProjectError
from .settings import settings

if TYPE_CHECKING:
    from .families import Family
    from .features import Transformation
    from .sources import Source

FILE = "pyproject.toml"


class Project(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[tool.slipway]`, and the name of the project.

    `environments` are in the order of promotion: the first takes what passed the gate, the last is
    the one whose model is the champion. `images` is the place of the project's container images.
    `queue` is where its trainings wait in a cluster; without one they begin at once.
    """

    name: str
    package: str
    environments: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    images: str
    queue: str = ""

    @property
    def first(self) -> str:
        """The environment that takes a new model."""
        return self.environments[0]

    @property
    def last(self) -> str:
        """The environment that serves the users."""
        return self.environments[-1]


@cache
def project() -> Project:
    """Return what pyproject.toml says about this project.

    Raises:
        ProjectError: The file is missing or damaged, or its `[tool.slipway]` is.
    """
    path = settings().project_root / FILE
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError:
        raise ProjectError(f"{path} is missing: run this in a project's root.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path} is not valid TOML, mend it: {error}.") from None
    table = document.get("tool", {}).get("slipway", {})
    name = document.get("project", {}).get("name")
    for key, value, section in (
        ("name", name, "project"),
        ("package", table.get("package"), "tool.slipway"),
    ):
        if not value:
            raise ProjectError(f"{path} lacks a {key}: write {key} = ... under [{section}].")
    try:
        return msgspec.convert({"name": name, **table}, Project)
    except msgspec.ValidationError as error:
        raise ProjectError(f"{path}: [tool.slipway]: {error}; correct the value.") from None


def source() -> "Source":
    """Return where the data comes from."""
    names = ("LABEL_DELAY", "available", "read_features", "read_labels")
    return cast("Source", _module("source", *names))


def schema() -> Any:
    """Return the module with the classes Features and Labels."""
    return _module("schema", "Features", "Labels")


def features() -> "Transformation":
    """Return how columns become features."""
    return cast("Transformation", _module("features", "FEATURES", "Encoder", "fit", "transform"))


def model() -> "Family":
    """Return the family that is fitted, with its parameters."""
    return cast("Family", _module("model", "MODEL").MODEL)


def routes() -> ModuleType | None:
    """Return the module of the project's own routes, if it has one."""
    if importlib.util.find_spec(f"{project().package}.routes") is None:
        return None
    return _module("routes", "add")


def _module(name: str, *contents: str) -> ModuleType:
    """Import a module of the project's package, and look whether it keeps the contract."""
    package = project().package
    try:
        module = importlib.import_module(f"{package}.{name}")
    except ModuleNotFoundError as error:
        if error.name not in (package, f"{package}.{name}"):
            raise
        raise ProjectError(
            f"src/{package}/{name}.py is missing: [tool.slipway] in {FILE} names {package!r}."
        ) from None
    missing = [content for content in contents if not hasattr(module, content)]
    if missing:
        raise ProjectError(f"src/{package}/{name}.py does not define {', '.join(missing)}.")
    return module
