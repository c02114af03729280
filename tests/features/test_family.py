"""The answer `family`: a network brings PyTorch and how to use it, and boosting no trace of it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from hooks.template import files
from tests.kit.project import Renderer

OF_NETWORKS = {
    "docs/how-to/use-a-network.md",
    *(f"requirements/network.{suffix}" for suffix in ("in", "mk", "sh", "txt")),
}
STANDARD = {"profile": "standard"}


@pytest.fixture
def network(render: Renderer) -> Path:
    return render({**STANDARD, "family": "network"}).path


def pins(lock: Path) -> dict[str, str]:
    """Return the version of each package of a lock."""
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", lock.read_text("utf-8"), re.M))


def test_only_the_files_of_networks_and_the_model_differ(network: Path, render: Renderer) -> None:
    standard = render(STANDARD).path
    assert set(files(network)) - set(files(standard)) == OF_NETWORKS
    assert set(files(standard)) <= set(files(network))
    differing = {
        name
        for name in files(standard)
        if (standard / name).read_bytes() != (network / name).read_bytes()
    }
    assert differing == {
        ".copier-answers.yml",
        "README.md",
        "docs/how-to/improve-the-model.md",
        "src/flight_delays/model.py",
    }


def test_the_model_is_of_the_family(network: Path, render: Renderer) -> None:
    texts = [
        (project / "src/flight_delays/model.py").read_text("utf-8")
        for project in (network, render(STANDARD).path)
    ]
    assert ["MODEL = Network(" in text for text in texts] == [True, False]
    assert ["MODEL = Boosting(" in text for text in texts] == [False, True]


def test_the_readme_agrees_to_the_sizes_that_it_tells(network: Path, render: Renderer) -> None:
    texts = [
        (project / "README.md").read_text("utf-8") for project in (network, render(STANDARD).path)
    ]
    for words in ("$ make demo PYTORCH=yes ", "3.0 GB to download and 5.2 GB on disk"):
        assert [words in text for text in texts] == [True, False]


def test_pytorch_is_locked_for_networks_alone(network: Path, render: Renderer) -> None:
    assert "torch" in pins(network / "requirements/network.txt")
    for lock in render(STANDARD).path.rglob("*.txt"):
        assert "torch" not in pins(lock), lock


def test_what_both_locks_name_has_one_version(network: Path) -> None:
    """A second version would be refused by whoever installs both."""
    own = pins(network / "requirements/network.txt")
    for name in ("requirements/dev.txt", "images/pipeline/requirements.txt"):
        other = pins(network / name)
        shared = own.keys() & other.keys()
        assert len(shared) > 3
        assert {package: own[package] for package in shared} == {
            package: other[package] for package in shared
        }


@pytest.mark.parametrize("profile", ["standard", "minimal"])
def test_the_image_that_trains_installs_the_lock_of_networks(
    profile: str, render: Renderer
) -> None:
    for family, expected in (("network", {"requirements/network.txt"}), ("boosting", set())):
        project = render({"profile": profile, "family": family}).path
        copied = [
            pattern
            for dockerfile in project.glob("image*/**/Dockerfile")
            for line in re.findall(r"^COPY (.*) /tmp/$", dockerfile.read_text("utf-8"), re.M)
            for pattern in line.split()
            if "[" in pattern
        ]
        assert len(copied) == 1
        assert {str(path.relative_to(project)) for path in project.glob(copied[0])} == expected


def test_the_lock_brings_cuda_for_linux_alone(network: Path) -> None:
    lock = (network / "requirements/network.txt").read_text("utf-8")
    for package in ("nvidia-cublas", "nvidia-cudnn-cu13", "triton"):
        marker = re.search(rf"^{package}==\S+ ; (.*) \\$", lock, re.M)
        assert marker
        assert "sys_platform == 'linux'" in marker[1]


def ask(project: Path, agreed: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run what setup asks before it installs PyTorch."""
    environment = {name: text for name, text in os.environ.items() if name != "CI"} | variables
    return subprocess.run(
        [project / "requirements/network.sh", agreed],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def asking(network: Path, tmp_path: Path) -> Path:
    """Return the part of a project of networks that setup reads."""
    shutil.copytree(network / "requirements", tmp_path / "requirements")
    return tmp_path


def test_setup_says_how_large_pytorch_is_before_it_downloads(asking: Path) -> None:
    asked = ask(asking, "")
    assert asked.returncode == 1
    assert "3.0 GB to download and 5.2 GB on disk: run make setup PYTORCH=yes" in asked.stderr
    assert len(asked.stderr.splitlines()) == 1


def test_whoever_agrees_is_not_asked(asking: Path) -> None:
    assert ask(asking, "yes").returncode == 0
    assert ask(asking, "", CI="true").returncode == 0


def test_nobody_is_asked_again_when_pytorch_is_there(asking: Path) -> None:
    (asking / ".venv/lib/python3.12/site-packages/torch").mkdir(parents=True)
    assert ask(asking, "").returncode == 0


def test_nobody_is_asked_about_the_wheels_for_cpus(asking: Path) -> None:
    lock = asking / "requirements/network.txt"
    lock.write_text(re.sub(r"^torch==(\S+)", r"torch==\1+cpu", lock.read_text(), flags=re.M))
    assert ask(asking, "").returncode == 0


def test_setup_asks_before_it_installs(network: Path) -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", ".venv/ready"],
        cwd=network,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    asked = shown.index('requirements/network.sh ""')
    synced = shown.index("pip sync --quiet --compile-bytecode")
    assert asked < synced
    assert "requirements/network.txt" in shown[synced:].splitlines()[0]
