"""One project the way pytest-copie makes it, on Copier's public interface."""

import pytest
from pytest_copie.plugin import Copie

from tests.kit.project import Renderer


@pytest.mark.parametrize("profile", ["minimal", "standard"])
def test_a_project_is_made(profile: str, copie: Copie, render: Renderer) -> None:
    answers = {"profile": profile, "project_name": "night-trains"}
    result = copie.copy(extra_answers=answers, template_dir=render.template())
    assert result.exception is None
    assert result.project_dir is not None
    readme = (result.project_dir / "README.md").read_text("utf-8")
    assert readme.startswith("# night-trains\n")
    assert (result.project_dir / "src/night_trains/__init__.py").is_file()
