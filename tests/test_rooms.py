"""The template's sources keep to their rules, and so does every size."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit.gates import Findings, Gate
from tests.kit.project import Project, Renderer, own_sources
from tests.kit.rooms import ROOMS
from tests.kit.sizes import SIZES

Passes = Callable[[str, Findings, int], None]


@pytest.mark.parametrize("gate", ROOMS, ids=lambda gate: gate.name)
def test_the_template_keeps_its_rules(gate: Gate, render: Renderer, passes: Passes) -> None:
    passes(gate.name, gate.judge(render.template()), gate.floor)


@pytest.mark.parametrize("gate", SIZES, ids=lambda gate: gate.name)
def test_a_project_has_no_long_file_or_function(
    gate: Gate, standard: Project, passes: Passes
) -> None:
    passes(gate.name, gate.judge(standard.path), gate.floor)


@pytest.mark.parametrize("gate", SIZES, ids=lambda gate: gate.name)
def test_this_repository_has_no_long_file_or_function(
    gate: Gate, tmp_path: Path, passes: Passes
) -> None:
    own_sources(tmp_path)
    for room in ("hooks", "offline", "tests/e2e"):
        assert any((tmp_path / room).rglob("*.py")), room
    passes(f"{gate.name} (own)", gate.judge(tmp_path), gate.floor)
