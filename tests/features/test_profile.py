"""The minimal profile is for one machine and leaves no trace of a cluster."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kit.agreement import targets_of
from tests.kit.gates import Findings, texts
from tests.kit.project import Project, Renderer
from tests.kit.traces import ENGINE, traces
from tests.kit.venv import link_venv

LOCKS = ("requirements/dev.txt", "image/requirements.txt")
CLUSTER = re.compile(
    r"\b(clusters?|kubectl|kubernetes|kubeflow|argo\w*|pods?|namespaces?|kustom\w+|where=)\b",
    re.I,
)
PACKAGES = re.compile(r'"kfp[\w=.-]*"')  # the SDK that also runs a pipeline on one machine
ONE_MACHINE = ("compose.yaml", "image/")  # in its place, the standard profile has images/
Passes = Callable[[str, Findings, int], None]


@pytest.fixture(scope="module")
def minimal(render: Renderer) -> Project:
    return render({"profile": "minimal"})


def words_of_a_cluster(project: Path) -> Findings:
    """Name each file that speaks of a cluster or of what runs in one."""
    findings = Findings()
    for name, text in texts(project):
        if not name.startswith((ENGINE, *LOCKS)):
            found = CLUSTER.findall(PACKAGES.sub("", text))
            findings.add(f"{name} says {word}" for word in sorted(set(found)))
    return findings


def removed(minimal: Project, standard: Project) -> set[str]:
    return set(standard.files()) - set(minimal.files())


def test_minimal_adds_to_a_part_of_standard_only_its_image(
    minimal: Project, standard: Project
) -> None:
    added = set(minimal.files()) - set(standard.files())
    assert added
    assert all(name.startswith(ONE_MACHINE) for name in added)


def test_minimal_has_at_most_60_files_beside_the_engine(minimal: Project) -> None:
    names = [name for name in minimal.files() if not name.startswith(ENGINE)]
    assert 30 <= len(names) <= 60


def test_minimal_tunes_without_a_pipeline(minimal: Project, standard: Project) -> None:
    assert "pipelines/tuning/pipeline.py" in removed(minimal, standard)
    assert "tune" in dict(targets_of(minimal.path))


def test_minimal_leaves_no_trace(minimal: Project, standard: Project, passes: Passes) -> None:
    passes("traces of a profile", traces(minimal.path, removed(minimal, standard)), 40)


def test_a_trace_is_found(minimal: Project, standard: Project, tmp_path: Path) -> None:
    gone = removed(minimal, standard)
    project = minimal.copy(tmp_path / "project").path
    (project / "docs/more.md").write_text(f"See {min(gone)}.\n", "utf-8")
    assert f"docs/more.md speaks of {min(gone)}" in traces(project, gone).problems


def test_minimal_does_not_speak_of_a_cluster(minimal: Project, passes: Passes) -> None:
    passes("words of a cluster", words_of_a_cluster(minimal.path), 40)


def test_a_word_of_a_cluster_is_found(minimal: Project, standard: Project, tmp_path: Path) -> None:
    assert len(words_of_a_cluster(standard.path).problems) > 100
    project = minimal.copy(tmp_path / "project").path
    (project / "docs/more.md").write_text("The pod is gone.\n", "utf-8")
    assert words_of_a_cluster(project).problems == ["docs/more.md says pod"]


def test_minimal_has_no_command_that_needs_a_cluster(minimal: Project, standard: Project) -> None:
    commands = {name for name, _ in targets_of(minimal.path)}
    assert {name for name, _ in targets_of(standard.path)} - commands == {
        *("bootstrap", "cluster", "compile", "cost", "dashboards", "down", "environment"),
        *("images", "logs", "manifests", "preflight", "readiness", "rules", "status", "up"),
    }


@pytest.mark.parametrize("words", [["train"], ["gate"], ["promote", "TO=dev"]])
def test_a_command_that_is_sent_to_a_cluster_is_refused_with_what_gives_one(
    words: list[str], minimal: Project, tmp_path: Path
) -> None:
    project = minimal.copy(tmp_path / "project").path
    link_venv(project)
    command = ["make", "--no-print-directory", *words, "WHERE=kind"]
    result = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.splitlines()[0] == (
        "error: This project has no cluster: `copier update --data serving=true` gives it one."
    )


def services(minimal: Project) -> dict[str, dict[str, Any]]:
    text = (minimal.path / "compose.yaml").read_text("utf-8")
    found: dict[str, dict[str, Any]] = yaml.safe_load(text)["services"]
    return found


def test_compose_serves_the_last_environment_and_the_pages_of_mlflow(minimal: Project) -> None:
    server, mlflow = (services(minimal)[name] for name in ("server", "mlflow"))
    assert server["command"] == ["python", "-m", "slipway", "serve", "--env", "prod"]
    assert "sqlite:///${PWD}/var/mlflow.db" in mlflow["command"]
    assert server["build"] == mlflow["build"] == {"context": ".", "dockerfile": "image/Dockerfile"}


def test_compose_opens_its_ports_to_this_machine_alone(minimal: Project) -> None:
    ports = [port for service in services(minimal).values() for port in service["ports"]]
    assert sorted(ports) == ["127.0.0.1:5000:5000", "127.0.0.1:8080:8080"]


def test_the_image_has_what_training_and_serving_need(minimal: Project) -> None:
    lock = (minimal.path / "image/requirements.txt").read_text("utf-8")
    have = set(re.findall(r"^([\w-]+)==", lock, re.M))
    assert {"fastapi", "kfp", "lightgbm", "mlflow", "onnxruntime", "polars"} <= have


def test_the_image_has_the_versions_that_the_project_is_tested_with(minimal: Project) -> None:
    locks = [(minimal.path / name).read_text("utf-8") for name in LOCKS]
    tested, shipped = (dict(re.findall(r"^([\w-]+)==(\S+)", lock, re.M)) for lock in locks)
    shared = tested.keys() & shipped.keys()
    assert len(shared) > 80
    assert {name: shipped[name] for name in shared} == {name: tested[name] for name in shared}
