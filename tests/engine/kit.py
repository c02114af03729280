"""Where the engine and the made-up project are, and how a bundle is made of a fitted model."""

import os
import shutil
from datetime import date
from pathlib import Path

import msgspec
import pytest

from slipway import bundle, command
from slipway import project as projects
from slipway.contract.manifest import FULL
from slipway.objectives import objectives
from slipway.settings import settings
from slipway.training import steps

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "template"
PROJECT = Path(__file__).parent / "project"
TOYS = Path(__file__).parent / "toys" / "project"
SOURCES = (TEMPLATE / "src", TEMPLATE, ROOT, PROJECT / "src", TOYS / "src")
AS_OF = date(2024, 5, 1)
COMMIT = "c" * 40  # of the code that makes every bundle of the tests


def enter(root: Path, patch: pytest.MonkeyPatch, project: Path = PROJECT) -> Path:
    """Make `root` the project of this process: objectives and settings of `project`, no state."""
    root.mkdir(exist_ok=True)
    for name in ("objectives.yaml", "pyproject.toml"):
        shutil.copy(project / name, root)
    patch.setenv("PROJECT_ROOT", str(root))
    patch.setenv("SNAPSHOT_BACKEND", "directory")
    patch.setenv("PYTHONPATH", os.pathsep.join(map(str, SOURCES)))  # for child processes
    for name in (
        *command.GIT_LOCAL_VARIABLES,
        *("CAPTURE_STORE", "CHECKPOINT_STORE", "DATA_ROOT", "MLFLOW_TRACKING_URI", "MONITOR_STORE"),
        *("SCORE_STORE", "SNAPSHOT_STORE", "SOURCE_COMMIT", "STATE_DIR"),
    ):
        patch.delenv(name, raising=False)
    forget()
    return root


def forget() -> None:
    """Make the next caller read settings, objectives and pyproject.toml anew."""
    for cached in (settings, objectives, projects.project):
        cached.cache_clear()


def bundle_of(rows: Path, fitted: Path, directory: Path) -> Path:
    """Describe the full model of `fitted` as a bundle, without trying smaller ones."""
    uncompressed = directory / "uncompressed"
    uncompressed.mkdir()
    shutil.copy(fitted / bundle.MODEL_FILE, uncompressed)
    (uncompressed / "recipe.json").write_bytes(msgspec.json.encode(FULL))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_COMMIT", COMMIT)
        settings.cache_clear()
        steps.evaluate(AS_OF, rows, fitted, uncompressed, directory / "bundle")
    settings.cache_clear()
    return directory / "bundle"
