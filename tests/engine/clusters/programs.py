"""Programs that stand in for those of a cluster: small shell scripts, first in PATH."""

from pathlib import Path

import pytest

# Prints every resource, with the number of components that it was built with, and fails on a
# resource or a component that is not there.
KUSTOMIZE = r"""
cd "$2" || exit 1
list() { sed -n "/^$1:/,/^[a-z]/s/^- *//p" kustomization.yaml; }
for part in $(list components); do
  [ -f "$part/kustomization.yaml" ] || { echo "error: no $PWD/$part" >&2; exit 1; }
done
for file in $(list resources); do
  cat "$file" || exit 1
  echo "built-with: [$(list components | paste -sd,)]"
  echo ---
done
"""


def install(directory: Path, name: str, script: str, patch: pytest.MonkeyPatch) -> None:
    """Put a program before all others of its name."""
    directory.mkdir(exist_ok=True)
    program = directory / name
    program.write_text(f"#!/bin/bash\n{script}")
    program.chmod(0o755)
    patch.setenv("PATH", str(directory), prepend=":")
