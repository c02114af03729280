"""What is in an image: the packages that were tested, and all that its name stands for."""

import sys
from pathlib import Path

import pytest

from slipway import command
from slipway.release.image import CONTENTS, WHERE_THERE
from tests.engine.kit import TEMPLATE

IMAGES = TEMPLATE / "images"


def pins(path: Path) -> set[str]:
    """Return each requirement with its hashes as one line."""
    joined = path.read_text().replace("\\\n", " ")
    return {" ".join(line.split()) for line in joined.splitlines() if "==" in line}


def copied(dockerfile: Path) -> set[str]:
    """Return the paths of the project that an image copies."""
    lines = [line.split() for line in dockerfile.read_text().splitlines()]
    paths = (path for line in lines if line[:1] == ["COPY"] for path in line[1:-1])
    return {path.translate({ord("["): "", ord("]"): ""}) for path in paths}  # copied where it is


@pytest.mark.parametrize("image", ["serve", "pipeline"])
def test_an_image_installs_only_what_the_tests_ran_with(image: str) -> None:
    installed = pins(IMAGES / image / "requirements.txt")
    assert installed
    assert installed <= pins(TEMPLATE / "requirements" / "dev.txt")


@pytest.mark.parametrize("image", ["serve", "pipeline"])
def test_an_image_is_named_by_all_that_it_copies(image: str) -> None:
    own = {f"images/{image}/requirements.txt"}
    named = {*CONTENTS[image], *WHERE_THERE[image]}
    assert copied(IMAGES / image / "Dockerfile") - own == named - {f"images/{image}"}


SERVE = """
import importlib.abc, json, sys
from pathlib import Path

class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.argv[2].split(","):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
from slipway import bundle
import numpy as np

model = bundle.load(Path(sys.argv[1]))
values = {
    "BOOL": np.array([True]),
    "BYTES": np.array(["DE"], object),
    "FP32": np.array([1.0], np.float32),
    "INT64": np.array([1]),
}
row = {spec.name: values[spec.datatype] for spec in model.manifest.inputs}
row |= {"handed_over": np.array(["2024-05-01T12:00"], "datetime64[m]")}
print(json.dumps(model.predict(row).tolist()))
"""
TRAINING_ONLY = "alembic,dataframely,dvc,kfp,lightgbm,mlflow,onnx,onnxmltools,plotly,polars,scipy"


def test_a_bundle_predicts_with_the_packages_of_the_serving_image(bundle_dir: Path) -> None:
    missing = f"{TRAINING_ONLY},sklearn,sqlalchemy"
    printed = command.output([sys.executable, "-c", SERVE, bundle_dir, missing])
    assert printed.startswith("[0.")
