"""What holds for the CI of a project, whichever system runs it."""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hooks.template import ROOT

from .gates import Findings, Gate

TOOLS = Path(sys.executable).parent
PIPELINE = ".gitlab-ci.yml"
SHALLOW = {"github": 1, "gitlab": "20"}  # what a checkout fetches that is told nothing
EVERYTHING = {"github": 0, "gitlab": "0"}


@dataclass(frozen=True)
class Job:
    """What both systems call a job: where it is, its time limit, how deep its checkouts are."""

    where: str
    system: str
    limit: object
    depths: list[object]


def workflows(directory: Path) -> list[Path]:
    """Return the workflows that GitHub runs."""
    return sorted(directory.glob(".github/workflows/*"))


def pipelines(directory: Path) -> list[Path]:
    """Return the pipeline that GitLab runs, if there is one."""
    return sorted(directory.glob(PIPELINE))


def actionlint(directory: Path) -> Findings:
    """Every workflow is one that GitHub can run, expressions and types included."""
    sys.path.insert(0, str(ROOT))
    from offline import binaries

    program = binaries.build("actionlint") / "actionlint"
    return _lint(workflows(directory), program, "-no-color", "-shellcheck=", "-pyflakes=")


def zizmor(directory: Path) -> Findings:
    """No workflow has more rights than it needs, runs what is not pinned or what others write."""
    options = ["--offline", "--quiet", "--no-config", "--persona=pedantic", "--format=plain"]
    return _lint(workflows(directory), TOOLS / "zizmor", *options)


def gitlab_schema(directory: Path) -> Findings:
    """The pipeline is one that GitLab's published schema allows."""
    options = ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"]
    return _lint(pipelines(directory), TOOLS / "check-jsonschema", *options)


def full_history(directory: Path) -> Findings:
    """Every checkout fetches all commits: promote, rollback, lineage and the gate read them."""
    findings = Findings()
    for job in jobs(directory):
        for depth in job.depths:
            shallow = depth != EVERYTHING[job.system]
            findings.add([f"{job.where}: a checkout of depth {depth!r}"] * shallow)
    return findings


def time_limits(directory: Path) -> Findings:
    """No job that hangs holds a runner for hours."""
    findings = Findings()
    for job in jobs(directory):
        findings.add([f"{job.where}: no time limit"] * (not job.limit))
    return findings


def jobs(directory: Path) -> Iterator[Job]:
    """Yield the jobs of whatever systems have a file here."""
    for path in workflows(directory):
        for name, job in _load(path)["jobs"].items():
            checkouts = [
                step.get("with", {})
                for step in job["steps"]
                if step.get("uses", "").startswith("actions/checkout@")
            ]
            depths = [options.get("fetch-depth", SHALLOW["github"]) for options in checkouts]
            yield Job(f"{path.name}: {name}", "github", job.get("timeout-minutes"), depths)
    for path in pipelines(directory):
        pipeline = _load(path)
        for name, job in pipeline.items():
            if isinstance(job, dict) and "script" in job:
                yield _gitlab_job(name, pipeline, job)


def _gitlab_job(name: str, pipeline: dict[str, Any], job: dict[str, Any]) -> Job:
    variables = pipeline.get("variables", {}) | job.get("variables", {})
    depths = [variables.get("GIT_DEPTH", SHALLOW["gitlab"])]
    limit = (pipeline.get("default", {}) | job).get("timeout")
    return Job(f"{PIPELINE}: {name}", "gitlab", limit, depths)


def _load(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return content


def _lint(paths: Iterable[Path], program: Path, *options: str) -> Findings:
    """Run a linter on each file; what it says is the problem."""
    findings = Findings()
    for path in paths:
        command = [str(program), *options, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said = (done.stdout + done.stderr).strip()
        findings.add([f"{path.name}: {said}"] * (done.returncode != 0))
    return findings


HISTORY, LIMITS = Gate(full_history, floor=1), Gate(time_limits, floor=1)
CI = {  # the gates of each answer
    "github": [Gate(actionlint, floor=1), Gate(zizmor, floor=1), HISTORY, LIMITS],
    "gitlab": [Gate(gitlab_schema, floor=1), HISTORY, LIMITS],
    "none": [],
}
