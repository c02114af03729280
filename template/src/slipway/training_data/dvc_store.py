"""Snapshots in DVC's format, in a directory or a bucket.

Each call works in a throw-away repository without Git, so nothing is locked and no cache hides
that the store lost a file.
"""

import logging
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ProjectError
from ..settings import settings

if TYPE_CHECKING:
    from dvc.repo import Repo

OUT = "data"
COLOUR = re.compile(r"\x1b\[\d*m")  # in the messages of DVC


def store(files: Mapping[str, Path]) -> str:
    """Add and push `files`; return DVC's MD5 of the directory."""
    with _repository() as repo:
        out = Path(repo.root_dir) / OUT
        out.mkdir()
        for name, path in files.items():
            shutil.copyfile(path, out / name)
        (stage,) = repo.add([str(out)])
        repo.push(targets=[stage.path])
        address: str = stage.outs[0].hash_info.value
        return address


def load(address: str, destination: Path) -> None:
    """Pull the files of `address` into the directory `destination`."""
    with _repository() as repo:
        root = Path(repo.root_dir)
        stage = root / f"{OUT}.dvc"
        stage.write_text(f"outs:\n- md5: {address}\n  hash: md5\n  path: {OUT}\n")
        repo.pull(targets=[str(stage)])
        shutil.copytree(root / OUT, destination)


@contextmanager
def _repository() -> "Iterator[Repo]":
    """Make a repository whose remote is the store; DVC's errors become sentences."""
    from dvc.exceptions import DvcException
    from dvc_objects.errors import ObjectFormatError

    for name in ("dvc", "dvc_data", "dvc_objects"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what they log is raised as well
    try:
        with tempfile.TemporaryDirectory() as directory:
            yield _initialise(directory)
    except (DvcException, ObjectFormatError, sqlite3.Error, OSError) as error:
        reason = " ".join(COLOUR.sub("", str(error)).split())
        raise ProjectError(
            f"The snapshot store {settings().snapshots} failed ({reason}): check that it can be "
            "reached and has free space, and restore lost files from its backup."
        ) from error


def _initialise(directory: str) -> "Repo":
    from dvc.repo import Repo

    Repo.init(directory, no_scm=True)
    core = {"analytics": False, "check_update": False, "remote": "store"}
    core["site_cache_dir"] = f"{directory}/site"
    # not by a file: DVC writes its configuration in ASCII, and a path may hold any letter
    return Repo(
        directory, config={"core": core, "remote": {"store": {"url": settings().snapshots}}}
    )
