"""Every command names the cluster that it means, and leaves the user's current context alone."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.kit.project import Project
from tests.kit.venv import link_venv
from tests.kit.versions import commit, git

STAND_INS = Path(__file__).parent / "kit" / "stand_ins"
GIT_SERVER = "http://127.0.0.1:30418/"
LOCAL, REMOTE = "kind-flight-delays", "production"
USERS = "current-context: somebody-elses\n"  # in the user's own kubeconfig
IN_A_CLUSTER = (
    "train AS_OF=2013-04-01",
    "gate",
    "promote TO=dev",
    "rollback ENV=dev",
    "replay MONTH=2013-04",
    "monitor MONTH=2013-04",
    "lineage ENV=dev",
)


@dataclass(frozen=True)
class Machine:
    """A project on a machine whose kubectl, kind and Docker are stand-ins."""

    project: Path
    home: Path

    @property
    def users(self) -> Path:
        """The user's own kubeconfig."""
        return self.home / "kubeconfig"

    def make(self, words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the project."""
        remote = {
            "GIT_ALLOW_PROTOCOL": "file",  # a real cluster of this machine is not pushed to
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{self.home}/.insteadOf",
            "GIT_CONFIG_VALUE_0": GIT_SERVER,
        }
        own = {
            "CLUSTER_CONFIG": os.devnull,  # no port, which a real cluster could hold
            "CALLS": str(self.home / "calls"),
            "KUBECONFIG": str(self.users),
            "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
            "PATH": f"{STAND_INS}:{os.environ['PATH']}",
        }
        return subprocess.run(
            ["make", "--no-print-directory", *words.split()],
            cwd=self.project,
            env=os.environ | own | remote | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def calls(self, program: str) -> list[list[str]]:
        """Return the words of every call of a program, oldest first."""
        path = self.home / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        return [words for line in lines if (words := json.loads(line))[0] == program]

    def contexts(self) -> set[str]:
        """Return the contexts that kubectl was given; a call without one is an empty name."""
        calls = [words for words in self.calls("kubectl") if words[1] != "kustomize"]
        return {
            words[words.index("--context") + 1] if "--context" in words else "" for words in calls
        }


def prepare(standard: Project, home: Path) -> Machine:
    """Return a committed project, and a user whose current context is another cluster."""
    path = standard.copy(home / "flight-delays").path
    commit(path, "chore: start from the template")
    link_venv(path)
    (home / "flight-delays.git").mkdir()
    git(home / "flight-delays.git", "init", "--quiet", "--bare")
    machine = Machine(path, home)
    machine.users.write_text(USERS)
    return machine


@pytest.fixture
def machine(standard: Project, tmp_path: Path) -> Iterator[Machine]:
    """A machine without a local cluster."""
    machine = prepare(standard, tmp_path)
    yield machine
    assert machine.users.read_text() == USERS


@pytest.fixture(scope="module")
def delivered(standard: Project, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A machine with its local cluster running; tests work on copies."""
    machine = prepare(standard, tmp_path_factory.mktemp("delivered"))
    result = machine.make("up")
    assert result.returncode == 0, result.stderr
    (machine.home / "calls").unlink()
    return machine


@pytest.fixture
def local(delivered: Machine, tmp_path: Path) -> Iterator[Machine]:
    """A copy of the machine with its local cluster running."""
    home = shutil.copytree(delivered.home, tmp_path / "home", symlinks=True)
    machine = Machine(home / delivered.project.name, home)
    yield machine
    assert machine.users.read_text() == USERS


def test_make_up_names_its_cluster_in_every_call(machine: Machine) -> None:
    result = machine.make("up")
    assert result.returncode == 0, result.stdout + result.stderr
    assert machine.contexts() == {LOCAL}
    assert len(machine.calls("kubectl")) > 30


def test_the_local_cluster_has_a_kubeconfig_of_its_own_until_it_is_removed(
    machine: Machine,
) -> None:
    machine.make("up")
    own = machine.project / "var" / f"{LOCAL}.kubeconfig"
    assert own.is_file()
    assert machine.make("up", CLUSTERS="flight-delays").returncode == 0
    assert machine.make("down").returncode == 0
    assert not own.exists()
    verbs = {"create", "export", "delete"}
    writing = [words for words in machine.calls("kind") if words[1] in verbs]
    assert {words[1] for words in writing} == verbs
    assert {words[words.index("--kubeconfig") + 1] for words in writing} == {str(own)}


@pytest.mark.parametrize("command", ["status", "readiness WHERE=kind"])
def test_a_look_at_the_local_cluster_names_it(local: Machine, command: str) -> None:
    local.make(command)
    assert local.contexts() == {LOCAL}


@pytest.mark.parametrize("command", ["status", "readiness"])
def test_a_look_at_another_cluster_names_that(machine: Machine, command: str) -> None:
    machine.make(f"{command} WHERE={REMOTE}")
    assert machine.contexts() == {REMOTE}


def test_every_command_with_where_names_its_cluster(local: Machine) -> None:
    asked = [(command, "kind", LOCAL) for command in IN_A_CLUSTER] + [("gate", REMOTE, REMOTE)]
    for command, where, context in asked:
        local.make(f"{command} WHERE={where}")
        assert local.contexts() == {context}, command
        assert any("port-forward" in words for words in local.calls("kubectl")), command
        (local.home / "calls").unlink()


@pytest.mark.parametrize(
    "command", ["bootstrap WHERE=kind", "gate WHERE=kind", "promote TO=dev WHERE=kind"]
)
def test_a_cluster_at_another_address_is_not_written_to(local: Machine, command: str) -> None:
    result = local.make(command, ADDRESS="https://127.0.0.1:40002")
    assert "leads to https://127.0.0.1:40001, and the cluster flight-delays is at " in result.stderr
    assert local.calls("kubectl") == []


def test_make_up_writes_a_stale_kubeconfig_anew(local: Machine) -> None:
    elsewhere = {"ADDRESS": "https://127.0.0.1:40002", "CLUSTERS": "flight-delays"}
    result = local.make("up", **elsewhere)
    assert result.returncode == 0, result.stderr
    assert "40002" in (local.project / "var" / f"{LOCAL}.kubeconfig").read_text()


def test_without_a_local_cluster_one_sentence_says_so(machine: Machine) -> None:
    result = machine.make("gate WHERE=kind")
    path = machine.project / "var" / f"{LOCAL}.kubeconfig"
    assert f"error: {path} is missing: run `make up` first, which writes it." in result.stderr
    assert machine.calls("kubectl") == []


def test_a_remote_of_the_users_that_is_called_kind_is_not_pushed_to(machine: Machine) -> None:
    git(machine.project, "remote", "add", "kind", "https://git.example.com/else/where.git")
    result = machine.make("up")
    assert "error: The remote `kind` is https://git.example.com/else/where.git, " in result.stderr


def test_without_kind_nothing_is_fetched(machine: Machine, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "sed", "dirname", "grep", "env", "sh", "cat"):
        (tools / name).symlink_to(Path("/usr/bin") / name)
    (tools / "docker").symlink_to(STAND_INS / "docker")
    result = subprocess.run(
        [machine.project / "clusters/kind/up", "any"],
        env={"PATH": str(tools), "HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr.startswith(
        "error: kind is missing: install it as https://kind.sigs.k8s.io"
    )
