"""Promote: copy a release one environment further, by one commit."""

import tempfile
from pathlib import Path

import msgspec

from .. import bundle, logs, registry, repository
from ..contract.gate import GateReport
from ..contract.manifest import Manifest
from ..contract.release import Release
from ..errors import ProjectError
from ..project import project
from ..settings import settings
from . import champion, git, image, record


def promote(to: str, reason: str = "", propose: bool = False) -> None:
    """Release to an environment: the first takes the challenger, others what the one before runs.

    A proposal is a commit on a branch of its own, to be reviewed and merged. Run again after an
    interruption, it goes on; what is released already stays as it is.

    Raises:
        ProjectError: The gate, the registry or Git refuses; nothing is changed then.
    """
    with git.exclusive():
        source = _source(to)
        release = _copy(source) if source else _challenger()
        path, text = record.location(to), record.dump(release)
        git.require_clean(path, text)
        if not source:
            _tell_newer(release)
        if record.committed(to) == release:
            print(f"{to} runs {release.title} already; nothing to do.")
        else:
            _require_commit(release)
            report = _verify(release)
            if propose:
                git.switch(f"release-{to}-v{release.model_version}")
            git.commit_file(path, text, _message(to, release, report.sentence, reason))
            logs.tell(f"{to} now runs {release.title}; push the commit to publish it.")
        if not propose:
            champion.follow(to)


def _source(to: str) -> str:
    """Return the environment whose release is promoted to `to`, "" for the first."""
    environments = project().environments
    return "" if to == project().first else environments[environments.index(to) - 1]


def _challenger() -> Release:
    version = registry.by_alias("challenger")
    if version is None:
        raise ProjectError("no model has passed the gate yet: run `make gate`.")
    return Release(
        model_name=version.name,
        model_version=str(version.number),
        model_uri=f"models:/{version.name}/{version.number}",
        model_digest=version.model_digest,
        manifest_digest=version.manifest_digest,
        snapshot=version.snapshot,
        source_commit=version.source_commit,
        gate_report=registry.report_uri(version),
        promoted_from="",
        pipeline_digest=version.pipeline_digest,
        pipeline_image=version.pipeline_image or image.pipeline_image(),
        serve_image=image.serve_image(project().first),
    )


def _tell_newer(release: Release) -> None:
    """Say when a version was trained after the challenger, which one may expect to be released."""
    newest = registry.newest()
    if newest.number > int(release.model_version):
        outcomes = {"refused": "was refused by the gate", "passed": "passed the gate earlier"}
        outcome = outcomes.get(newest.gate, "has not been judged by the gate")
        print(
            f"note: v{newest.number}, trained later, {outcome}; v{release.model_version} is the "
            "last that passed."
        )


def _copy(source: str) -> Release:
    release = record.committed(source)
    if release is None:
        raise ProjectError(
            f"{source} has released nothing yet: run `make promote TO={source}` first."
        )
    return msgspec.structs.replace(release, promoted_from=source)


def _require_commit(release: Release) -> None:
    """Refuse a model of code that nobody else can ever read."""
    if not repository.is_commit(release.source_commit):
        what = release.source_commit or "no commit"
        raise ProjectError(
            f"{release.title} was trained on code that is not committed ({what}): commit it, then "
            "`make train`, `make gate` and promote again."
        )


def _verify(release: Release) -> GateReport:
    """Fetch the model and its gate report from the registry and hold both against `release`."""
    version = record.registered(release)
    with tempfile.TemporaryDirectory(dir=_state()) as directory:
        digests = release.model_digest, release.manifest_digest
        fetched = registry.fetch(version.number, Path(directory) / "bundle", *digests)
        manifest = bundle.read_manifest(fetched)
    _require_runnable(release, manifest)
    report = registry.read_report(version)
    if report is None or not report.passed:
        said = "has not been judged" if report is None else f"was {report.sentence.rstrip('.')}"
        raise ProjectError(f"{release.title} {said}: run `make gate` on a newer candidate.")
    judged = report.challenger.model_digest, report.challenger.manifest_digest
    if judged != digests:
        raise ProjectError(f"the gate judged another model than {release.title}: run `make gate`.")
    _require_same_champion(release, report)
    return report


def _require_runnable(release: Release, manifest: Manifest) -> None:
    """Refuse a model that this code cannot serve; a copy brings the image that can."""
    if not release.promoted_from and not bundle.same_features(manifest):
        raise ProjectError(
            f"{release.title} was trained with other features than the code computes now: train "
            "again."
        )


def _require_same_champion(release: Release, report: GateReport) -> None:
    """Refuse a verdict against a model that is champion no longer; the champion needs none."""
    running = record.committed(project().last)
    champion = running.manifest_digest if running else ""
    judged = report.champion.manifest_digest if report.champion else ""
    if champion not in (judged, release.manifest_digest):
        raise ProjectError(
            f"{release.title} was judged against another model than {project().last} runs now "
            f"({record.title(running)}): run `make gate` and promote again."
        )


def _state() -> Path:
    settings().state.mkdir(parents=True, exist_ok=True)
    return settings().state


def _message(to: str, release: Release, sentence: str, reason: str) -> str:
    """Return the commit message; the trailers are what `git log --format=%(trailers)` shows."""
    source = f"Promoted from {release.promoted_from}." if release.promoted_from else ""
    paragraphs = [
        f"release({to}): {release.title}",
        reason.strip(),
        f"Gate: v{release.model_version} {sentence}",
        source,
        f"Gate-Report: {release.gate_report}\nModel-Digest: {release.model_digest}",
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
