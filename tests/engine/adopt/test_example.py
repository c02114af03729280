"""What only the example's own modules need goes with it; everything else stays."""

from pathlib import Path

import pytest

from .conftest import Adopt
from .kit import PACKAGE, git, table

HELPER = f"src/{PACKAGE}/helper.py"


@pytest.fixture
def helped(home: Path) -> Path:
    """Return a project whose source imports a module beside it."""
    (home / HELPER).write_text("HELP = 1\n", "utf-8")
    imported(home, "source")
    return home


def imported(home: Path, module: str) -> None:
    """Let a module import the helper, and commit that."""
    with (home / "src" / PACKAGE / f"{module}.py").open("a", encoding="utf-8") as file:
        file.write("from .helper import HELP\n")
    git(home, "add", "-A")
    git(home, "commit", "-qm", "a helper")


def test_a_module_that_only_the_example_imports_goes_with_it(helped: Path, adopt: Adopt) -> None:
    result = adopt(table())
    assert result.code == 0, result.err
    assert not (helped / HELPER).exists()
    assert f"removed: {HELPER}, which only the example needed" in result.out
    words = result.out.partition("to have back what was there: git ")[2].splitlines()[0].split()
    git(helped, *words)
    assert (helped / HELPER).is_file()


def test_a_module_that_the_model_imports_too_stays(helped: Path, adopt: Adopt) -> None:
    imported(helped, "model")
    assert adopt(table()).code == 0
    assert (helped / HELPER).is_file()


def test_a_module_of_ones_own_source_stays(helped: Path, adopt: Adopt) -> None:
    source = helped / "src" / PACKAGE / "source.py"
    source.write_text(source.read_text("utf-8").replace("EXAMPLE = ", "OURS = "), "utf-8")
    git(helped, "commit", "-qam", "our own data")
    assert adopt(table(), "--replace").code == 0
    assert (helped / HELPER).is_file()


def test_a_module_that_is_not_committed_is_not_removed(helped: Path, adopt: Adopt) -> None:
    (helped / HELPER).write_text("HELP = 2\n", "utf-8")
    assert f"Adopt would replace {HELPER}, which is not committed" in adopt(table()).sentence


def test_a_table_that_cannot_be_used_leaves_the_module(
    helped: Path, adopt: Adopt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("slipway.schema.data_dictionary", full)
    with pytest.raises(OSError, match="No space"):
        adopt(table())
    assert (helped / HELPER).read_text("utf-8") == "HELP = 1\n"
