"""Write examples/: what the template renders, committed so that a review shows what users get.

The standard project without its engine, which is template/src/slipway, and without locks; of the
minimal one the list of its files.
"""

import re
import shutil
import tempfile
from fnmatch import fnmatch
from pathlib import Path

from hooks.template import ANSWERS_FILE, ROOT

from .project import Renderer, answers_of, isolate

Content = dict[str, tuple[int, bytes]]  # executable bit and bytes by path

EXAMPLE = "standard"
LISTED = "minimal"
LEFT_OUT = ("src/slipway/*", "requirements/*.txt", "images/*/requirements.txt")


def content(directory: Path) -> Content:
    """Return every file of a project that an example shows, without what differs by machine."""
    files: Content = {}
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        name, data = path.relative_to(directory).as_posix(), path.read_bytes()
        if any(fnmatch(name, pattern) for pattern in LEFT_OUT):
            continue
        if path.name == ANSWERS_FILE:
            data = re.sub(rb"(?m)^_src_path: .*$", b"_src_path: slipway", data)
        files[name] = (path.stat().st_mode & 0o100, data)
    return files


def fresh(render: Renderer) -> Content:
    """Return what examples/ must hold."""
    files = {f"{EXAMPLE}/{name}": file for name, file in content(_project(render, EXAMPLE)).items()}
    names = content(_project(render, LISTED))
    return files | {f"{LISTED}.txt": (0, "".join(f"{name}\n" for name in names).encode())}


def _project(render: Renderer, scenario: str) -> Path:
    return render(answers_of(ROOT / f"tests/scenarios/{scenario}.yml")).path


def main() -> None:
    """Write examples/ anew."""
    isolate(ROOT / "tests/kit/no-settings.yml")
    with tempfile.TemporaryDirectory() as directory:
        files = fresh(Renderer(Path(directory)))
    shutil.rmtree(ROOT / "examples", ignore_errors=True)
    for name, (executable, data) in files.items():
        path = ROOT / "examples" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(0o755 if executable else 0o644)
    print(f"examples/ holds {len(files)} files.")


if __name__ == "__main__":
    main()
