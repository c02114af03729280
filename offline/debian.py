"""Debian packages: those this machine needs, and root file systems made of them."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from . import cache, machine, oci

SOURCES = Path("/etc/apt/sources.list.d/slipway-engine.sources")
PREFERENCES = Path("/etc/apt/preferences.d/slipway-engine")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# program to package; the first group must come from ENGINE_SUITE, older ones lack what is needed
ENGINE_SUITE = "trixie"
OLDEST_ENGINE = 23  # older ones ask for capabilities that a container host may lack
ENGINE = {
    "docker": "docker-cli",
    "docker-compose": "docker-compose",
    "dockerd": "docker.io",
    "kind": "kind",
}
TOOLS = {
    "gcc": "gcc libc6-dev",
    "git": "git",
    "ip": "iproute2",
    "iptables": "iptables",
    "mmdebstrap": "mmdebstrap",
    "zstd": "zstd",
}
LEFT_OUT = ("man", "doc", "locale", "info", "lintian")


def mirror() -> str:
    """Return the Debian archive that this machine's apt is configured with."""
    lines = machine.run(
        "apt-get", "indextargets", "--format", "$(REPO_URI) $(SUITE)", "Created-By: Packages"
    )
    for line in lines.splitlines():
        address, _, suite = line.partition(" ")
        if "security" not in suite and "/debian" in address:
            return address
    raise machine.HarnessError("apt has no Debian archive: add one to /etc/apt/sources.list.d.")


def install_engine() -> None:
    """Install the container engine and the build tools that this machine lacks."""
    newer = [package for name, package in ENGINE.items() if not shutil.which(name)]
    if shutil.which("dockerd") and _engine_version() < OLDEST_ENGINE:
        newer.append(ENGINE["dockerd"])
    tools = [package for name, package in TOOLS.items() if not shutil.which(name)]
    wanted = [f"{name}/{ENGINE_SUITE}" for name in newer] + " ".join(tools).split()
    if not wanted:
        return
    if not KEYRING.exists():
        wanted.append("debian-archive-keyring")
    print(f"installing {' '.join(wanted)}", flush=True)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    with cache.lock("apt"):
        try:
            _offer_engine_suite()
            machine.run("apt-get", "update", "--quiet", env=quiet)
            machine.run(
                *("apt-get", "install", "--quiet", "--yes", "--no-install-recommends"),
                *wanted,
                env=quiet,
            )
        finally:
            SOURCES.unlink(missing_ok=True)
            PREFERENCES.unlink(missing_ok=True)


def _engine_version() -> int:
    """Return the major version of the installed daemon ("Docker version 26.1.5, build ...")."""
    return int(machine.run("dockerd", "--version").split()[2].split(".")[0])


def _offer_engine_suite() -> None:
    """Let apt see the engine's suite, but take nothing from it unasked."""
    SOURCES.write_text(
        f"Types: deb\nURIs: {mirror()}\nSuites: {ENGINE_SUITE}\nComponents: main\n"
        f"Signed-By: {KEYRING}\n"
    )
    PREFERENCES.write_text(f"Package: *\nPin: release n={ENGINE_SUITE}\nPin-Priority: 100\n")


def layer(name: str, suite: str, packages: list[str], remove: Sequence[str] = ()) -> Path:
    """Return a packed Debian root with some packages and without some paths; cached."""

    def build(scratch: Path) -> None:
        dropped = [f"--dpkgopt=path-exclude=/usr/share/{part}/*" for part in LEFT_OUT]
        machine.run(
            *("nice", "-n", "19", "mmdebstrap", "--quiet", "--mode=root", "--variant=essential"),
            "--skip=check/qemu",
            f"--include={','.join(packages)}",
            *dropped,
            *(f'--customize-hook=rm -rf "$1/{path}"' for path in remove),
            '--aptopt=APT::Sandbox::User "root"',
            '--aptopt=APT::Install-Recommends "false"',
            *(suite, scratch / "root.tar", mirror()),
            env={"SOURCE_DATE_EPOCH": "0"},
        )
        oci.pack(scratch / "root.tar", scratch)
        (scratch / "root.tar").unlink()

    key = cache.fingerprint(suite, *packages, *LEFT_OUT, *remove)
    return cache.entry(f"debian-{name}", key, build)


def unpacked(package: str, suite: str) -> Path:
    """Return a directory with the files of one package of a suite, nothing installed; cached."""

    def build(scratch: Path) -> None:
        lists = scratch / "apt"
        for part in ("cache/archives/partial", "state/lists/partial"):
            (lists / part).mkdir(parents=True)
        sources = lists / "sources.list"
        sources.write_text(f"deb [signed-by={KEYRING}] {mirror()} {suite} main\n")
        own = [f"Dir::Etc::sourcelist={sources}", "Dir::Etc::sourceparts=-"]
        own += [f"Dir::State::lists={lists}/state/lists", f"Dir::Cache={lists}/cache"]
        own += ["APT::Sandbox::User=root", "APT::Get::List-Cleanup=0"]
        options = [word for option in own for word in ("-o", option)]
        machine.run("apt-get", *options, "--quiet", "update")
        machine.run("apt-get", *options, "--quiet", "download", package, cwd=lists)
        (file,) = lists.glob("*.deb")
        machine.run("dpkg", "--extract", file, scratch / "root")
        shutil.rmtree(lists)

    return cache.entry(f"package-{package}", cache.fingerprint(suite, package), build)
