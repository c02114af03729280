"""Compile the pipeline into files that are the same bytes every time."""

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import yaml
from kfp.compiler import Compiler
from kfp.compiler.compiler_utils import KubernetesManifestOptions

from ..files import write_bytes

PACKAGE = "training.yaml"


def write(output: Path) -> list[Path]:
    """Write the package that a run is made of, and its Pipeline and PipelineVersion objects.

    A version is immutable in Kubeflow, so its name carries the digest of the package.
    """
    from pipelines.training.pipeline import PIPELINE

    pipeline, version = compile_objects(PIPELINE)
    package = _yaml(version["spec"]["pipelineSpec"], version["spec"]["platformSpec"])
    name = f"{pipeline['metadata']['name']}-{hashlib.sha256(package).hexdigest()[:12]}"
    version["metadata"]["name"] = version["spec"]["displayName"] = name
    files = {
        PACKAGE: package,
        "pipeline.yaml": _yaml(pipeline),
        "pipelineversion.yaml": _yaml(version),
    }
    for file, content in files.items():
        write_bytes(output / file, content)
    return [output / file for file in files]


def package(pipeline: Any, image: str) -> Path:
    """Compile a pipeline into a temporary package, each step of which runs in `image`."""
    _, version = compile_objects(pipeline)
    spec = version["spec"]
    for executor in spec["pipelineSpec"]["deploymentSpec"]["executors"].values():
        executor["container"]["image"] = image
    file = Path(tempfile.mkdtemp()) / "pipeline.yaml"
    file.write_bytes(_yaml(spec["pipelineSpec"], spec["platformSpec"]))
    return file


def compile_objects(pipeline: Any) -> list[dict[str, Any]]:
    """Return the Pipeline and the PipelineVersion of a pipeline."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "pipeline.yaml"
        options = KubernetesManifestOptions(include_pipeline_manifest=True)
        # The plain format starts with a comment whose order changes from run to run.
        Compiler().compile(
            pipeline,
            str(path),
            kubernetes_manifest_format=True,
            kubernetes_manifest_options=options,
        )
        return list(yaml.safe_load_all(path.read_text()))


def _yaml(*documents: dict[str, Any]) -> bytes:
    return yaml.safe_dump_all(documents, sort_keys=True).encode()
