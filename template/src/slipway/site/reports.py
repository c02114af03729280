"""The reports that runs have left on this machine, as pages of the site."""

import shutil
from pathlib import Path

HEAD = """\
# Reports

What runs on this machine have written below `var/reports`, when this site was made.
"""
NONE = "\nNone yet: `make demo` plays some months and writes many.\n"


def gather(directory: Path, place: Path) -> list[str]:
    """Copy every HTML report, and return their paths below the directory."""
    names = sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*.html"))
    for name in names:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(directory / name, place / name)
    return names


def page(names: list[str]) -> str:
    """Return a list of links to them."""
    lines = "".join(f"- [{name.removesuffix('.html')}](reports/{name})\n" for name in names)
    return HEAD + (f"\n{lines}" if names else NONE)
