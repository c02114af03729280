"""The images that a node needs from the start: Kubernetes' own, storage, and a shell."""

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from . import binaries, machine, oci

MODULES = ("coredns", "etcd", "kube", "local-path-provisioner")
COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy")
BUSYBOX = "docker.io/library/busybox:1.37.0"
EXTENSIONS = "usr/lib/x86_64-linux-gnu/xtables"


def build(root: Path, scratch: Path, version: str) -> list[oci.Image]:
    """Assemble the system images out of the node's root and the compiled binaries."""
    names = _names(root, version)
    work = scratch / "work"
    kube = _tree(work / "kube", {"usr/local/bin/kube": binaries.build("kube") / "kube"})
    for component in COMPONENTS:
        (kube / "usr/local/bin" / component).symlink_to("kube")
    _add_packet_filter(root, kube)
    etcd = _tree(work / "etcd", {"usr/local/bin/etcd": binaries.build("etcd") / "etcd"})
    coredns = _tree(work / "coredns", {"coredns": binaries.build("coredns") / "coredns"})
    pause = _tree(work / "pause", {"catatonit": root / "usr/bin/catatonit"})
    busybox = _tree(work / "busybox", {"bin/busybox": root / "usr/bin/busybox"})
    machine.run("chroot", busybox, "/bin/busybox", "--install", "-s", "/bin")
    return [
        _image([names[component] for component in COMPONENTS], kube),
        _image([names["etcd"]], etcd),
        _image([names["coredns"]], coredns, ["/coredns"]),
        _image([names["pause"]], pause, ["/catatonit", "-P"]),
        _image([BUSYBOX], busybox, command=["sh"]),
        _image([_provisioner_name()], _provisioner(work), ["local-path-provisioner"]),
    ]


def _names(root: Path, version: str) -> dict[str, str]:
    """Ask kubeadm which images it will look for, and hold containerd's pause image against it."""
    lines = machine.run(
        *("chroot", root, "kubeadm", "config", "images", "list", "--kubernetes-version", version)
    ).split()
    names = {re.split("[/:]", line)[-2]: line for line in lines}
    if names["pause"] not in (root / "etc/containerd/config.toml").read_text():
        raise machine.HarnessError(
            f"Set sandbox_image in containerd's config.toml below images/node to {names['pause']}."
        )
    return names


def _provisioner_name() -> str:
    version = binaries.version(
        "local-path-provisioner", "github.com/rancher/local-path-provisioner"
    )
    return f"docker.io/rancher/local-path-provisioner:{version}"


def _provisioner(work: Path) -> Path:
    program = binaries.build("local-path-provisioner") / "local-path-provisioner"
    return _tree(work / "provisioner", {"usr/local/bin/local-path-provisioner": program})


def _image(
    names: list[str], tree: Path, entrypoint: Iterable[str] = (), command: Iterable[str] = ()
) -> oci.Image:
    packed = tree.with_suffix(".layer")
    packed.mkdir()
    oci.pack(tree, packed)
    return oci.Image(names, [packed], entrypoint=list(entrypoint), command=list(command))


def _tree(root: Path, files: dict[str, Path]) -> Path:
    for target, source in files.items():
        (root / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, root / target)
    (root / "tmp").mkdir(mode=0o1777)
    (root / "tmp").chmod(0o1777)
    return root


def _add_packet_filter(root: Path, tree: Path) -> None:
    """Copy iptables and nft with every library that they or an iptables extension load."""
    for folder in ("bin", "sbin", "lib", "lib64"):
        (tree / "usr" / folder).mkdir(parents=True, exist_ok=True)
        (tree / folder).symlink_to(f"usr/{folder}")
    extensions = sorted(str(path.relative_to(root)) for path in (root / EXTENSIONS).glob("*.so"))
    programs = ["usr/sbin/xtables-nft-multi", "usr/sbin/nft", *extensions]
    linked = machine.run("chroot", root, "ldd", *(f"/{name}" for name in programs))
    libraries = set(re.findall(r"(/\S+\.so\S*) \(", linked))
    for name in [*programs, *sorted(libraries)]:
        # the directory is resolved, the name kept: loaders ask for the links' names
        source = root / name.lstrip("/")
        folder = machine.run("chroot", root, "realpath", f"/{Path(name).parent}").strip()
        target = tree / folder.lstrip("/") / source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    # Debian's own names are links through /etc/alternatives, which this image has not
    for family in ("iptables", "ip6tables"):
        for suffix in ("", "-save", "-restore"):
            (tree / "usr/sbin" / f"{family}{suffix}").symlink_to("xtables-nft-multi")
    for name in extensions:
        machine.run("chroot", tree, "/usr/lib64/ld-linux-x86-64.so.2", "--list", f"/{name}")
