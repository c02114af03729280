"""A repository with a model.py of its own, and a family that is quick to fit."""

from pathlib import Path

import pytest

from slipway import command

MODEL = '''"""The model."""

from slipway.families.boosting import Boosting
from slipway.families.space import Choice, Range

SPACE = {
    "num_leaves": Range(2, 31),
    "learning_rate": Range(0.01, 0.5, log=True),
    "boosting": Choice(("gbdt", "goss")),
}
MODEL = Boosting(
    space=SPACE,
    num_iterations=5,
    num_leaves=2,
    learning_rate=0.02,
)
'''


@pytest.fixture
def product(
    project: Path, empty_registry: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Return the root of a repository whose package has such a model."""
    package = project / "src" / "parcels"
    package.mkdir(parents=True)
    (package / "model.py").write_text(MODEL)
    identity = tmp_path / "gitconfig"
    identity.write_text("[user]\nname = Jo Doe\nemail = jo@example.com\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(identity))
    (project / ".gitignore").write_text("/var/\n")
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "start"]):
        command.output(["git", *words], project)
    load(project, monkeypatch)
    return project


def load(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make what model.py of the repository says the model of this process."""
    text = (root / "src" / "parcels" / "model.py").read_text()
    names: dict[str, object] = {}
    exec(compile(text, "model.py", "exec"), names)  # noqa: S102
    monkeypatch.setattr("parcels.model.MODEL", names["MODEL"])
