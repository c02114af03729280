"""Run checkov over a project's own manifests; upstream's objects are upstream's to mend."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml

from .manifests import BOOTSTRAP, Built, Object
from .pod_security import pods

LEFT_OUT = (  # what upstream writes, and the stand-ins of one machine
    BOOTSTRAP,
    "clusters/",
    "components/argo-workflows",
    "components/kubeflow-pipelines",
)
PLAIN = {"CronJob", "DaemonSet", "Deployment", "Job", "Pod", "StatefulSet"}
SKIPPED = {  # check, for all objects or for some: reason (owner)
    "CKV_K8S_15": "an exact version or digest needs no pull at each start (platform)",
    "CKV_K8S_35 *.workflowtemplate-*": "MLflow and S3 read passwords from variables (workflows)",
    "CKV_K8S_38 *.kube-state-metrics": "it asks the API server for pods and nodes (monitoring)",
    "CKV_K8S_38 *.workflowtemplate-*": "Argo's executor reports what a step did (workflows)",
    "CKV_K8S_43": "a release carries the digest; kind has none for an image it builds (serving)",
}


@dataclass(frozen=True)
class Report:
    """What one run has executed, and each failed check with its object."""

    executed: int
    failed: list[str]


def run(objects: list[Built], directory: Path) -> Report:
    """Write the objects below `directory` and let checkov judge them."""
    documents = [part for built in objects for part in _judged(built)]
    (directory / "objects.yaml").write_text(yaml.safe_dump_all(documents), "utf-8")
    command = [sys.executable, "-m", "checkov.main", "--directory", str(directory)]
    command += ["--framework", "kubernetes", "--compact", "--quiet", "--output", "json"]
    command += ["--skip-download"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    report: dict[str, Any] = json.loads(done.stdout)
    failed = report["results"]["failed_checks"]
    return Report(
        report["summary"]["passed"] + len(failed),
        [
            f"{check['check_id']} {check['check_name']}: {check['resource']}"
            for check in failed
            if not _skipped(check)
        ],
    )


def _skipped(check: dict[str, Any]) -> bool:
    name = f"{check['check_id']} {check['resource']}"
    return any(fnmatch(name, pattern if " " in pattern else f"{pattern} *") for pattern in SKIPPED)


def shape(objects: list[Built]) -> str:
    """Return what stays of the objects when the names that come from answers are left out."""
    judged = [built for built in objects if not built.leaf.startswith(LEFT_OUT)]
    shown = [(b.kind, b.object | {"data": None}) for b in judged]  # no check reads a ConfigMap
    texts = [json.dumps([kind, _blank(item)], sort_keys=True) for kind, item in shown]
    return "\n".join(sorted(texts))


def _blank(value: Any) -> Any:
    """Drop every text; keep fields, numbers and switches."""
    if isinstance(value, dict):
        return {key.rpartition("/")[2]: _blank(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_blank(child) for child in value]
    return "" if isinstance(value, str) else value


def _judged(built: Built) -> Iterator[Object]:
    """Yield an object as checkov knows it: a pod template in a kind of its own as a Deployment."""
    if built.kind == "CustomResourceDefinition" or built.leaf.startswith(LEFT_OUT):
        return
    yield built.object
    if built.kind in PLAIN:
        return
    for number, pod in enumerate(pods(built.object)):
        labels = {"app.kubernetes.io/name": built.name}
        ends = pod.get("restartPolicy") in {"Never", "OnFailure"}
        yield {
            "apiVersion": "batch/v1" if ends else "apps/v1",
            "kind": "Job" if ends else "Deployment",
            "metadata": {
                "name": f"{built.kind.lower()}-{built.name}-{number}",
                "namespace": built.namespace,
            },
            "spec": {
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": pod},
            },
        }
