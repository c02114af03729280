import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def pins(path: Path) -> set[str]:
    """Return each requirement with its hashes as one line."""
    joined = path.read_text().replace("\\\n", " ")
    return {" ".join(line.split()) for line in joined.splitlines() if "==" in line}


@pytest.mark.parametrize("image", ["serve", "pipeline"])
def test_an_image_installs_only_what_the_tests_ran_with(image: str) -> None:
    tested = pins(ROOT / "requirements" / "dev.txt")
    assert pins(ROOT / "images" / image / "requirements.txt") <= tested


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
row = {spec.name: np.array([0.0], np.float32) for spec in model.manifest.inputs}
row |= {name: np.array(["JFK"], object) for name in ("carrier", "origin", "dest")}
row |= {"handed_over": np.array(["2013-04-01T12:00"], "datetime64[m]")}
print(json.dumps(model.predict(row).tolist()))
"""
TRAINING_ONLY = "alembic,dataframely,dvc,kfp,lightgbm,mlflow,onnx,onnxmltools,plotly,polars,scipy"


def test_a_bundle_predicts_with_the_packages_of_the_serving_image(bundle_dir: Path) -> None:
    command = [sys.executable, "-c", SERVE, str(bundle_dir), f"{TRAINING_ONLY},sklearn,sqlalchemy"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("[0.")
