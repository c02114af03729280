"""Write examples/: what two scenarios render, committed so that a review shows what users get."""

import re
import shutil
import tempfile
from pathlib import Path

from hooks.template import ANSWERS_FILE, ROOT

from .project import Renderer, answers_of, isolate

EXAMPLES = ("minimal", "standard")


def content(directory: Path) -> dict[str, tuple[int, bytes]]:
    """Return the executable bit and bytes of every file, without what differs by machine."""
    found = {}
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if path.name == ANSWERS_FILE:
            data = re.sub(rb"(?m)^_src_path: .*$", b"_src_path: slipway", data)
        found[path.relative_to(directory).as_posix()] = (path.stat().st_mode & 0o100, data)
    return found


def fresh(name: str, render: Renderer) -> dict[str, tuple[int, bytes]]:
    """Render the scenario of an example."""
    return content(render(answers_of(ROOT / f"tests/scenarios/{name}.yml")).path)


def main() -> None:
    """Write every example anew."""
    isolate(ROOT / "tests/kit/no-settings.yml")
    with tempfile.TemporaryDirectory() as directory:
        render = Renderer(Path(directory))
        for name in EXAMPLES:
            target = ROOT / "examples" / name
            shutil.rmtree(target, ignore_errors=True)
            for path, (executable, data) in fresh(name, render).items():
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                (target / path).write_bytes(data)
                (target / path).chmod(0o755 if executable else 0o644)
            print(f"examples/{name} is written.")


if __name__ == "__main__":
    main()
