"""No test of the cluster gets lost: every file has its place, and every function has to run."""

import ast
from pathlib import Path

import pytest

from offline import machine
from tests.e2e.kit import order


@pytest.fixture(params=["offline", "ordinary"])
def supply(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Pretend a machine of one kind."""
    chosen: str = request.param
    monkeypatch.setattr(machine, "supply", lambda: chosen)
    return chosen


def ids(part: str) -> list[str]:
    """Name every test function of a part."""
    return order.missing(part, [])


def test_every_file_of_cluster_tests_has_its_place_in_the_order() -> None:
    found = {path.relative_to(order.E2E).as_posix() for path in order.E2E.rglob("test_*.py")}
    assert {name for name in found if not name.startswith("planted/")} == set(order.ORDER)


def test_a_file_before_another_of_the_loop_stays_before_it() -> None:
    loop = [name.partition("/")[2] for name in order.ORDER if name.startswith("loop/")]
    assert loop.index("test_training.py") < loop.index("test_watching.py")
    assert loop.index("test_watching.py") < loop.index("test_when_things_fail.py")


def test_the_core_is_a_part_of_all(supply: str) -> None:
    assert len(ids("core")) >= 40, supply
    assert set(ids("core")) < set(ids("all"))


@pytest.mark.parametrize("part", order.PARTS)
def test_a_test_that_did_not_run_is_named(part: str, supply: str) -> None:
    *ran, left_out = ids(part)
    assert order.missing(part, [f"{node}[one]" for node in ran]) == [left_out], supply


def imported(path: Path) -> set[str]:
    """Name the packages that a file imports."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in names}


def test_the_tests_import_the_offline_supply_and_it_imports_no_test() -> None:
    modules = sorted(Path(machine.__file__).parent.glob("*.py"))
    assert len(modules) >= 10
    assert [path.name for path in modules if "tests" in imported(path)] == []
    assert any("offline" in imported(path) for path in order.E2E.rglob("*.py"))
