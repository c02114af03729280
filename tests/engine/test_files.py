"""Files are written whole or not at all."""

import subprocess
import sys
from pathlib import Path

import pytest

from slipway.errors import ProjectError
from slipway.files import write_bytes, write_results


def test_a_file_is_written_with_its_directories(tmp_path: Path) -> None:
    write_bytes(tmp_path / "new" / "file", b"content")
    assert (tmp_path / "new" / "file").read_bytes() == b"content"
    assert (tmp_path / "new" / "file").stat().st_mode & 0o777 == 0o644


LIMITED = """
import resource, signal, sys
from pathlib import Path
from slipway.errors import ProjectError
from slipway.files import write_bytes
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_bytes(Path(sys.argv[1]), b"x" * 2000)
except ProjectError as error:
    print(error)
"""


def test_a_full_disk_keeps_the_old_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "data" / "file"
    write_bytes(path, b"old")
    child = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=True
    )
    assert child.stdout.startswith(f"{path} could not be written: File too large")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


def test_an_interruption_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "data" / "file"
    write_bytes(path, b"old")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old"


def test_a_directory_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(ProjectError, match="file could not be written: Is a directory"):
        write_bytes(tmp_path / "file", b"content")


def test_each_result_is_a_file_of_one_line(tmp_path: Path) -> None:
    write_results(tmp_path / "results", {"verdict": "passed", "version": "7"})
    written = {path.name: path.read_text() for path in (tmp_path / "results").iterdir()}
    assert written == {"verdict": "passed\n", "version": "7\n"}
