"""Upstream manifests without github.com: one-commit bare repositories made of Go modules' files.

Git finds them through `url.<mirror>.insteadOf`, which kustomize and Argo CD's repo-server follow.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

from . import binaries, cache, machine

TABLE = Path(__file__).with_name("mirror.toml")
UPSTREAM = "https://github.com/"
NOBODY = {
    "GIT_AUTHOR_DATE": "1980-01-01T00:00:00Z",
    "GIT_AUTHOR_EMAIL": "mirror@localhost",
    "GIT_AUTHOR_NAME": "mirror",
    "GIT_COMMITTER_DATE": "1980-01-01T00:00:00Z",
    "GIT_COMMITTER_EMAIL": "mirror@localhost",
    "GIT_COMMITTER_NAME": "mirror",
}


def table() -> dict[str, dict[str, Any]]:
    """Return which repositories are mirrored, and what each is made of."""
    return tomllib.loads(TABLE.read_text())


def build() -> Path:
    """Return the directory with the mirrors, laid out as on github.com; make them unless cached."""
    key = cache.fingerprint(TABLE, *(_go_mod(row["module"]) for row in table().values()))

    def make(scratch: Path) -> None:
        for repository, row in table().items():
            _mirror(scratch / f"{repository}.git", row)

    return cache.entry("mirror", key, make)


def environment() -> dict[str, str]:
    """Return the variables that make every git on this machine use the mirrors."""
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{build()}/.insteadOf",
        "GIT_CONFIG_VALUE_0": UPSTREAM,
    }


def push(server: str) -> None:
    """Push every mirror to a Git server, under `github.com/`."""
    root = build()
    for bare in sorted(root.glob("*/*.git")):
        target = f"{server}/github.com/{bare.relative_to(root)}"
        machine.run(
            "git", "--git-dir", bare, "push", "--quiet", "--force", target, "main", "--tags"
        )


def _mirror(bare: Path, row: dict[str, Any]) -> None:
    """Make one commit of a module's manifests, with the tags that manifests refer to."""
    source = _source(row["module"], row["path"])
    git = ("git", "--git-dir", bare, "--work-tree", source)
    machine.run("git", "init", "--quiet", "--bare", "--initial-branch=main", bare)
    machine.run(*git, "add", "--force", *row["folders"])
    message = f"{row['path']} {' '.join(row['tags'])}"
    options = ("--quiet", "--no-verify", "--no-gpg-sign", "--message", message)
    machine.run(*git, "commit", *options, env=NOBODY)
    for tag in row["tags"]:
        machine.run(*git, "tag", tag)
    for leftover in ("index", "COMMIT_EDITMSG"):
        (bare / leftover).unlink(missing_ok=True)


def _source(module: str, path: str) -> Path:
    """Download a Go module at the version that a wrapper requires; return its directory."""
    version = binaries.version(module, path)
    described = machine.run(
        *("go", "mod", "download", "-json", f"{path}@{version}"),
        cwd=Path("/"),
        env=binaries.ENVIRONMENT,
    )
    return Path(json.loads(described)["Dir"])


def _go_mod(module: str) -> Path:
    return binaries.MODULES / module / "go.mod"
