"""The container engine: the user's, or a Docker daemon of our own that is stopped by its pid."""

import contextlib
import json
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from . import cache, debian, machine

# the kubelet and the engine change these for the whole machine
CHANGED_SETTINGS = (
    "kernel.panic",
    "kernel.panic_on_oops",
    "net.ipv4.ip_forward",
    "net.ipv6.conf.all.forwarding",
    "net.ipv6.conf.default.forwarding",
    "vm.overcommit_memory",
    "vm.panic_on_oom",
)
FILTERS = ("iptables", "ip6tables")
OUR_LINK = r"docker0|br-[0-9a-f]{12}"
OUR_RULE = re.compile(rf"DOCKER|{OUR_LINK}")
SECONDS_TO_START = 60
SECONDS_TO_STOP = 30


def directory() -> Path:
    """Return where the daemon keeps its socket, pid, log and images."""
    return cache.directory() / "engine"


def environment() -> dict[str, str]:
    """Return what docker and kind need to find the engine; nothing for the user's own."""
    if machine.supply() == "ordinary":
        return {}
    return {"DOCKER_HOST": f"unix://{directory() / 'docker.sock'}"}


def docker(*arguments: str | Path, stdin: str | None = None) -> str:
    """Run a docker command against the engine in use."""
    return machine.run("docker", *arguments, env=environment(), stdin=stdin)


def feed(write: Callable[[BinaryIO], object], *arguments: str | Path) -> None:
    """Run a docker command that reads what `write` writes."""
    command = ["docker", *(str(part) for part in arguments)]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env={**os.environ, **environment()},
        )
        with contextlib.suppress(BrokenPipeError), cast("BinaryIO", process.stdin) as stream:
            write(stream)
        if process.wait():
            errors.seek(0)
            last = errors.read().decode(errors="replace").strip()[-500:]
            raise machine.HarnessError(f"`{' '.join(command)[:200]}` failed: {last}")


def start() -> None:
    """Make sure that the engine runs; install and start our own where there is none."""
    if machine.supply() == "ordinary":
        machine.run("docker", "info")
        return
    if os.geteuid() != 0:
        raise machine.HarnessError("The offline supply starts a Docker daemon: run it as root.")
    debian.install_engine()
    with cache.lock("engine"):
        if pid() is None:
            _start_daemon()


def pid() -> int | None:
    """Return the pid of our running daemon."""
    file = directory() / "docker.pid"
    if not file.exists():
        return None
    number = int(file.read_text())
    command = Path(f"/proc/{number}/cmdline")
    ours = command.exists() and str(directory()) in command.read_text()
    return number if ours else None


def stop() -> None:
    """Stop our daemon unless it runs someone's containers; put settings and packet filter back."""
    with cache.lock("engine"):
        running = pid()
        if running and (others := docker("ps", "--format", "{{.Names}}").split()):
            print(f"the engine is left running for {', '.join(others)}")
            return
        if running:
            for unused in ("image", "volume"):  # what newer builds and removed nodes left
                docker(unused, "prune", "--force")
            os.kill(running, signal.SIGTERM)
            _wait_for_end(running)
        before = directory() / "before.json"
        if before.exists():
            _restore(json.loads(before.read_text()))
            before.unlink()
        if left := leftovers():
            raise machine.HarnessError(f"The engine left these behind: {', '.join(left)}.")


def leftovers() -> list[str]:
    """List the mounts, links, control groups and packet filter rules that a stopped engine left."""
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    ours = [mount for mount in mounts if mount.startswith(str(directory()))]
    groups = [str(path) for path in Path("/sys/fs/cgroup").glob("*/docker")]
    rules = [rule for table in FILTERS for rule in machine.run(f"{table}-save").splitlines()]
    return [*ours, *groups, *_links(), *(rule for rule in rules if OUR_RULE.search(rule))]


def _start_daemon() -> None:
    home = directory()
    if len(str(home / "docker.sock")) > 100:
        raise machine.HarnessError(f"{home} is too long for a socket: set SLIPWAY_CACHE.")
    home.mkdir(exist_ok=True)
    (home / "docker.pid").unlink(missing_ok=True)
    before = home / "before.json"
    if not before.exists():
        before.write_text(json.dumps(_state()))
    command: list[str | Path] = [
        *("dockerd", "--host", f"unix://{home / 'docker.sock'}", "--data-root", home / "data"),
        *("--exec-root", home / "exec", "--pidfile", home / "docker.pid"),
    ]
    with (home / "docker.log").open("w") as log:
        daemon = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    deadline = time.monotonic() + SECONDS_TO_START
    while not machine.works("docker", "info", env=environment()):
        if daemon.poll() is not None or time.monotonic() > deadline:
            tail = (home / "docker.log").read_text().strip().splitlines()[-5:]
            raise machine.HarnessError("The Docker daemon did not start:\n" + "\n".join(tail))
        time.sleep(0.2)


def _state() -> dict[str, dict[str, str]]:
    policies = {}
    for table in FILTERS:
        rules = machine.run(f"{table}-save", "-t", "filter")
        policies[table] = "DROP" if ":FORWARD DROP" in rules else "ACCEPT"
    return {"settings": machine.kernel_settings(CHANGED_SETTINGS), "policies": policies}


def _restore(state: dict[str, dict[str, str]]) -> None:
    machine.set_kernel_settings(state["settings"])
    for table, policy in state["policies"].items():
        rules = machine.run(f"{table}-save").splitlines()
        kept = [rule for rule in rules if not OUR_RULE.search(rule)]
        machine.run(f"{table}-restore", stdin="\n".join(kept) + "\n")
        machine.run(table, "-P", "FORWARD", policy)
    for link in _links():
        machine.run("ip", "link", "delete", link)
    for group in Path("/sys/fs/cgroup").glob("*/docker"):
        for empty in (group / "buildkit", group):  # Compose builds with BuildKit
            if empty.is_dir() and not any(path.is_dir() for path in empty.iterdir()):
                empty.rmdir()


def _links() -> list[str]:
    names = [link["ifname"] for link in json.loads(machine.run("ip", "-json", "link"))]
    return [name for name in names if re.fullmatch(OUR_LINK, name)]


def _wait_for_end(number: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_STOP
    while _runs(number):
        if time.monotonic() > deadline:
            raise machine.HarnessError(f"The Docker daemon (pid {number}) does not end: kill it.")
        time.sleep(0.1)


def _runs(number: int) -> bool:
    """Tell whether a process runs; one that only waits for its parent does not."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
