"""A real repository with the project in it, and versions that passed the gate."""

from collections.abc import Callable
from pathlib import Path

import pytest

from slipway import bundle, command, registry, release
from slipway.contract.gate import GateReport, Judged
from slipway.contract.release import Release
from slipway.registry import Version
from slipway.release import record

SEED = record.HEADER + "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: release\ndata: {}\n"
ENVIRONMENTS = ("dev", "staging", "prod")

Git = Callable[..., str]
Judge = Callable[..., Version]


@pytest.fixture
def git(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """Return a function that runs git in the project, with no configuration but its own."""
    settings = tmp_path / "gitconfig"
    settings.write_text("[user]\nname = Jo Doe\nemail = jo@example.com\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL"):
        monkeypatch.delenv(f"GIT_{name}", raising=False)

    def run(*arguments: str) -> str:
        return command.output(["git", *arguments], project).strip()

    return run


@pytest.fixture
def repository(project: Path, git: Git, empty_registry: None) -> Path:
    """Return the project as a repository whose environments have released nothing."""
    git("init", "--quiet", "--initial-branch=main")
    (project / ".gitignore").write_text("/var/\n")
    for environment in ENVIRONMENTS:
        path = project / record.location(environment)
        path.parent.mkdir(parents=True)
        path.write_text(SEED)
    git("add", "--all")
    git("commit", "--quiet", "--message", "chore: start")
    return project


@pytest.fixture
def release_to_prod(repository: Path, git: Git) -> Callable[[int], None]:
    """Return a function that commits the release of a version to prod; no registry knows it."""

    def commit(number: int) -> None:
        released = Release(
            model_name="model",
            model_version=str(number),
            model_uri=f"models:/model/{number}",
            model_digest=f"{number:064}",
            manifest_digest=f"{number:064}",
            snapshot="",
            source_commit="",
            gate_report="",
            promoted_from="staging",
        )
        (repository / record.location("prod")).write_text(record.dump(released))
        git("commit", "--quiet", "--all", "--message", f"release(prod): model v{number}")

    return commit


@pytest.fixture
def passes(repository: Path) -> Callable[..., Version]:
    """Return a function that registers a bundle and lets it pass the gate."""

    def judge(directory: Path, passed: bool = True) -> Version:
        version = registry.register(directory)
        running = release.released("prod")
        report = GateReport(
            passed=passed,
            sentence="passed on 502 rows." if passed else "refused on 502 rows.",
            checks=[],
            challenger=_judged(directory),
            champion=_judged(release.fetch("prod")[1]) if running else None,
            rows=502,
            snapshot=version.snapshot,
        )
        registry.log_report(version, report, repository / "var" / "reports")
        return version

    return judge


@pytest.fixture
def passed(make_bundle: Callable[[int], Path], passes: Callable[..., Version]) -> Judge:
    """Return a function that registers a model of so many trees and lets it pass the gate."""
    return lambda trees, passed=True: passes(make_bundle(trees), passed)


@pytest.fixture
def ship(passed: Judge) -> Callable[[int], Version]:
    """Return a function that takes a model of so many trees through the gate and to prod."""

    def to_prod(trees: int) -> Version:
        version = passed(trees)
        for environment in ENVIRONMENTS:
            release.promote(environment, "for a test")
        return version

    return to_prod


def _judged(directory: Path) -> Judged:
    model = bundle.load(directory)
    return Judged(model.model_digest, model.manifest_digest, model.manifest.metrics)
