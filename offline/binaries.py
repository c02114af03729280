"""Go components, each compiled from its published module through a wrapper module of ours."""

import functools
import os
import re
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

from . import cache, machine

MODULES = Path(__file__).with_name("go")
TOOLCHAIN = "go1.27.3"
ENVIRONMENT = {
    "GOTOOLCHAIN": TOOLCHAIN,
    "GOFLAGS": "-buildvcs=false",
    "GOWORK": "off",
    # absent from the checksum database; go.sum pins it
    "GONOSUMDB": "github.com/kubeflow",
    # go comes with the development tools
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
}
POLITELY = ("nice", "-n", "19")


def names() -> list[str]:
    """List the wrapper modules."""
    return sorted(path.parent.name for path in MODULES.glob("*/build.toml"))


def version(module: str, path: str) -> str:
    """Return the version of a module path that a wrapper's go.mod requires."""
    text = (MODULES / module / "go.mod").read_text()
    found = re.search(rf"^\s*(?:require )?{re.escape(path)} (v\S+)", text, re.MULTILINE)
    if not found:
        raise machine.HarnessError(f"go/{module}/go.mod does not require {path}.")
    return found[1]


@functools.cache
def build(module: str) -> Path:
    """Return the directory with a module's binaries; compile them unless they are cached."""
    source = MODULES / module
    key = cache.fingerprint(source, TOOLCHAIN)
    return cache.entry(f"go-{module}", key, lambda scratch: _compile(source, scratch))


def _compile(source: Path, scratch: Path) -> None:
    workspace = scratch / "source"
    shutil.copytree(source, workspace)
    if (workspace / "prepare").exists():
        machine.run(*POLITELY, "./prepare", cwd=workspace, env=ENVIRONMENT)
    recipe = tomllib.loads((source / "build.toml").read_text())
    flags = _linker_flags(source.name, recipe)
    for name, package in recipe["binaries"].items():
        cgo = "1" if name in recipe.get("cgo", ()) else "0"
        machine.run(
            *POLITELY,
            *("go", "build", "-p", "2", "-trimpath", "-ldflags", flags, "-o", scratch / name),
            package,
            cwd=workspace,
            env={**ENVIRONMENT, "CGO_ENABLED": cgo},
        )
    for file in recipe.get("keep", ()):
        shutil.copy(workspace / file, scratch)
    shutil.rmtree(workspace)


def _linker_flags(module: str, recipe: dict[str, Any]) -> str:
    """Stamp the upstream version where a program asks for it."""
    flags = "-s -w"
    stamp = recipe.get("stamp", {})
    if stamp:
        number = version(module, stamp["version_of"]).removeprefix("v")
        major, minor, _ = number.split(".", 2)
        values = {"version": number, "major": major, "minor": minor}
        pairs = (f"-X {name}={text.format(**values)}" for name, text in stamp["set"].items())
        flags = " ".join((flags, *pairs))
    return flags
