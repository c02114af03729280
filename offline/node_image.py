"""kind's node image for the offline supply: Debian, our Kubernetes, system images preloaded."""

import json
import shutil
import subprocess
import time
from pathlib import Path

from . import binaries, cache, debian, engine, machine, oci, system_images

CONTEXT = Path(__file__).with_name("images") / "node"
SUITE = "trixie"  # systemd 258 and newer do not boot on cgroup v1
PACKAGES = [
    "busybox-static",
    "catatonit",
    "containerd",
    "containernetworking-plugins",
    "ethtool",
    "iproute2",
    "iptables",
    "kmod",
    "mount",
    "nftables",
    "procps",
    "runc",
    "systemd",
    "systemd-sysv",
]
UNITS = ("containerd", "kubelet", "network-policy", "pod-network")
UNWANTED = (
    "etc/systemd/system/*.wants/*",
    "usr/lib/systemd/system/basic.target.wants/*",
    "usr/lib/systemd/system/local-fs.target.wants/*",
    "usr/lib/systemd/system/multi-user.target.wants/*",
    "usr/lib/systemd/system/sockets.target.wants/*initctl*",
    "usr/lib/systemd/system/sockets.target.wants/*udev*",
    "usr/lib/systemd/system/sysinit.target.wants/systemd-binfmt.service",
    "usr/lib/systemd/system/sysinit.target.wants/systemd-hwdb-update.service",
    "usr/lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service",
    "usr/lib/systemd/system/sysinit.target.wants/systemd-udev*",
)
PRELOAD = Path(__file__).with_name("preload.sh")


def kubernetes_version() -> str:
    """Return the version of Kubernetes that is compiled, with its `v`."""
    return binaries.version("kube", "k8s.io/kubernetes")


def ensure() -> str:
    """Return the name of the node image; build it and give it to the engine unless it has it."""
    parts = parts_entry()
    name = f"slipway/node:{kubernetes_version()}-{parts.name.rpartition('-')[2]}"
    with cache.lock("node-image"):
        if not engine.docker("image", "ls", "--quiet", name).strip():
            started = time.monotonic()
            _import(parts, name)
            print(f"node image given to the engine in {time.monotonic() - started:.0f} s")
            _remove_others(name)
    return name


def parts_entry() -> Path:
    """Return the directory with the root file system and the archive of system images."""
    modules = [binaries.build(name) for name in system_images.MODULES]
    base = debian.layer("node", SUITE, PACKAGES)
    code = Path(system_images.__file__)
    key = cache.fingerprint(CONTEXT, code, base.name, *(path.name for path in modules))
    return cache.entry("node-image", key, lambda scratch: _build(base, scratch))


def _build(base: Path, scratch: Path) -> None:
    root = scratch / "root"
    root.mkdir()
    machine.run("tar", "-C", root, "--zstd", "-xpf", base / oci.FILE, "--exclude=./dev/*")
    _add_kubernetes(root)
    _add_services(root)
    _add_storage(root, scratch)
    images = system_images.build(root, scratch, kubernetes_version())
    with (scratch / "system-images.tar").open("wb") as stream:
        oci.write_archive(images, stream)
    oci.pack(root, scratch)
    shutil.rmtree(root)
    shutil.rmtree(scratch / "work")


def _add_kubernetes(root: Path) -> None:
    shutil.copy(binaries.build("kube") / "kube", root / "usr/bin/kube")
    for name in ("kubeadm", "kubectl", "kubelet", "network-policy"):
        (root / "usr/bin" / name).symlink_to("kube")
    for folder in ("etc/cni/net.d", "etc/containerd/certs.d", "etc/kubernetes/manifests"):
        (root / folder).mkdir(parents=True)
    (root / "opt/cni").mkdir(parents=True)
    (root / "opt/cni/bin").symlink_to("/usr/lib/cni")
    shutil.copytree(CONTEXT / "rootfs", root, dirs_exist_ok=True)
    (root / "kind/version").write_text(kubernetes_version() + "\n")


def _add_services(root: Path) -> None:
    """Leave systemd with our units alone, and containers without a limit on open files."""
    for pattern in UNWANTED:
        for path in root.glob(pattern):
            path.unlink()
    machine.run("chroot", root, "systemctl", "--quiet", "enable", *UNITS)
    machine.run("chroot", root, "systemctl", "--quiet", "mask", "systemd-binfmt.service")
    machine.run("chroot", root, "systemctl", "--quiet", "set-default", "multi-user.target")
    spec = json.loads(machine.run("chroot", root, "ctr", "oci", "spec"))
    spec["process"].pop("rlimits", None)
    (root / "etc/containerd/cri-base.json").write_text(json.dumps(spec, indent=1))


def _add_storage(root: Path, scratch: Path) -> None:
    work = scratch / "work" / "storage"
    shutil.copytree(CONTEXT / "storage", work)
    shutil.copy(binaries.build("local-path-provisioner") / "local-path-storage.yaml", work)
    kubectl = work / "kubectl"
    kubectl.symlink_to(root / "usr/bin/kube")
    manifest = machine.run(kubectl, "kustomize", work)
    (root / "kind/manifests/default-storage.yaml").write_text(manifest)


def _import(parts: Path, name: str) -> None:
    """Import the root file system, preload the system images in a container of it, commit that."""
    base = f"slipway/node-base:{parts.name}"
    unpack = ["zstd", "--decompress", "--stdout", str(parts / oci.FILE)]
    engine.feed(
        lambda stream: subprocess.run(unpack, stdout=stream, check=True),
        *("import", "--change", "ENV container=docker", "-", base),
    )
    box = engine.docker(
        *("run", "--detach", "--privileged", "--network=none", "--entrypoint=sleep", base, "600")
    ).strip()
    try:
        archive = parts / "system-images.tar"
        engine.feed(
            lambda stream: stream.write(archive.read_bytes()),
            *("exec", "--interactive", box, "bash", "-c", PRELOAD.read_text()),
        )
        engine.docker(
            "commit",
            '--change=ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]',
            "--change=CMD []",
            "--change=STOPSIGNAL SIGRTMIN+3",
            *(box, name),
        )
    finally:
        engine.docker("rm", "--force", "--volumes", box)
        engine.docker("rmi", base)


def _remove_others(name: str) -> None:
    """Remove older node images, but those that a node still runs on."""
    found = engine.docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "slipway/node")
    for other in set(found.split()) - {name}:
        machine.works("docker", "image", "rm", other, env=engine.environment())
