"""Where the engine and the made-up project are, and how a bundle is made of a fitted model."""

import shutil
from datetime import date
from pathlib import Path

import msgspec
from slipway import bundle
from slipway.contract.manifest import FULL
from slipway.training import steps

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "template"
PROJECT = Path(__file__).parent / "project"
SOURCES = (TEMPLATE / "src", TEMPLATE, ROOT, PROJECT / "src")
AS_OF = date(2024, 5, 1)


def bundle_of(rows: Path, fitted: Path, directory: Path) -> Path:
    """Describe the full model of `fitted` as a bundle, without trying smaller ones."""
    uncompressed = directory / "uncompressed"
    uncompressed.mkdir()
    shutil.copy(fitted / bundle.MODEL_FILE, uncompressed)
    (uncompressed / "recipe.json").write_bytes(msgspec.json.encode(FULL))
    steps.evaluate(AS_OF, rows, fitted, uncompressed, directory / "bundle")
    return directory / "bundle"
