"""What Prometheus reads of a fresh project is what `make rules` writes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit.project import SCENARIOS, Project, Renderer, answers_of, has_cluster
from tests.kit.venv import link_venv, make

FILES = (
    "components/monitoring/scrape-pods.yaml",
    "components/monitoring/scrape-serving.yaml",
    "components/serving/monitoring/objectives.rules.yaml",
)
CLUSTERED = [path for path in SCENARIOS if has_cluster(path)]
Count = Callable[[str, int, int], None]


def rewritten(project: Project, tmp_path: Path) -> dict[str, bytes]:
    """Return what the command writes where a project has lost the files."""
    path = project.copy(tmp_path / "project").path
    for name in FILES:
        (path / name).unlink(missing_ok=True)
    link_venv(path)
    ended = make(path, "rules")
    assert ended.returncode == 0, ended.stdout
    return {name: (path / name).read_bytes() for name in FILES if (path / name).exists()}


@pytest.mark.parametrize("scenario", CLUSTERED, ids=lambda path: path.stem)
def test_every_scenario_is_rendered_as_the_command_writes_it(
    scenario: Path, render: Renderer, tmp_path: Path, count: Count
) -> None:
    project = render(answers_of(scenario))
    rendered = {n: (project.path / n).read_bytes() for n in FILES if (project.path / n).exists()}
    assert rewritten(project, tmp_path) == rendered
    minimal = answers_of(scenario).get("profile") == "minimal"
    count("files for Prometheus", len(rendered), 0 if minimal else len(FILES))


def test_a_rendered_file_with_another_number_is_noticed(standard: Project, tmp_path: Path) -> None:
    planted = standard.copy(tmp_path / "planted")
    path = planted.path / "objectives.yaml"
    path.write_text(path.read_text("utf-8").replace("availability: 0.995", "availability: 0.99"))
    rules = rewritten(planted, tmp_path)[FILES[-1]]
    assert rules != (planted.path / FILES[-1]).read_bytes()
