"""Snapshots in DVC: a repository without Git in var/, its remote a directory or a bucket."""

import logging
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..config import settings
from ..errors import ProjectError

if TYPE_CHECKING:
    from dvc.repo import Repo

OUT = "data"


def store(files: Mapping[str, Path]) -> str:
    """Add and push `files`; return DVC's MD5 of the directory."""
    with _repository() as repo:
        out = Path(repo.root_dir) / OUT
        shutil.rmtree(out, ignore_errors=True)
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
        shutil.rmtree(root / OUT, ignore_errors=True)
        (root / f"{OUT}.dvc").write_text(f"outs:\n- md5: {address}\n  hash: md5\n  path: {OUT}\n")
        repo.pull(targets=[str(root / f"{OUT}.dvc")])
        shutil.copytree(root / OUT, destination)


@contextmanager
def _repository() -> "Iterator[Repo]":
    """Open the repository, made on first use; DVC's errors become sentences."""
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    logging.getLogger("dvc").setLevel(logging.CRITICAL)  # its errors are raised as well
    root = settings().state / "dvc"
    try:
        yield Repo(str(root)) if (root / ".dvc").exists() else _initialise(root)
    except (DvcException, OSError) as error:
        reason = " ".join(str(error).split())
        raise ProjectError(
            f"DVC cannot use {root} with {settings().snapshots}: {reason}; free space, check the "
            "store, and run the same command again."
        ) from error


def _initialise(root: Path) -> "Repo":
    from dvc.repo import Repo

    root.mkdir(parents=True, exist_ok=True)
    repo = Repo.init(str(root), no_scm=True, force=True)
    with repo.config.edit() as options:
        options["core"].update(
            analytics=False,
            check_update=False,
            remote="store",
            site_cache_dir=str(root / "site"),
        )
        options["remote"]["store"] = {"url": settings().snapshots}
    return Repo(str(root))
