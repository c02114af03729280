"""Component images for the offline supply, under the names that the manifests use.

Each is a directory of images/: image.toml says what it is made of, rootfs/ holds our own files.
"""

import functools
import hashlib
import shutil
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import binaries, cache, debian, engine, machine, oci

CONTEXTS = Path(__file__).with_name("images")
HOST_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


@dataclass(frozen=True)
class Component:
    """What image.toml says: names, layers' sources, how the image runs."""

    directory: Path
    recipe: dict[str, Any]

    @property
    def names(self) -> list[str]:
        """List the names of the image, most of them upstream's."""
        names: list[str] = self.recipe["names"]
        return names

    @property
    def for_builds(self) -> bool:
        """Tell whether Dockerfiles start from the image, so that no node needs it."""
        return bool(self.recipe.get("for_builds"))


def catalogue() -> list[Component]:
    """List every component image."""
    recipes = sorted(CONTEXTS.glob("*/image.toml"))
    return [Component(path.parent, tomllib.loads(path.read_text())) for path in recipes]


def build(component: Component) -> oci.Image:
    """Return the image of a component; build the layers that are not cached."""
    layers = []
    if base := component.recipe.get("base"):
        layers.append(debian.layer(base, **_bases()[base]))
    layers.append(_own_layer(component))
    run = component.recipe.get("run", {})
    return oci.Image(component.names, layers, **run)


def load(nodes: list[str]) -> None:
    """Put the component images that it lacks into the container runtime of each node."""
    images = [build(component) for component in catalogue() if not component.for_builds]
    identities = [{oci.digest(image), *image.names} for image in images]
    listing = "ctr --namespace k8s.io images list"
    taking = "ctr --namespace k8s.io images import --all-platforms --digests --no-unpack -"

    def give(node: str) -> None:
        known = set(engine.docker("exec", node, *listing.split()).split())
        pairs = zip(images, identities, strict=True)
        missing = [image for image, identity in pairs if not identity <= known]
        if missing:
            engine.feed(
                functools.partial(oci.write_archive, missing),
                *("exec", "--interactive", node, *taking.split()),
            )

    with ThreadPoolExecutor() as pool:
        list(pool.map(give, nodes))


def provide_bases() -> None:
    """Give the engine the stand-ins that the project's Dockerfiles start from."""
    for component in catalogue():
        if component.for_builds:
            _give_to_engine(build(component))


@functools.cache
def _bases() -> dict[str, Any]:
    return tomllib.loads((CONTEXTS / "bases.toml").read_text())


def _own_layer(component: Component) -> Path:
    recipe = component.recipe
    modules = sorted({source.split("/")[0] for source in recipe.get("files", {}).values()})
    built = {name: binaries.build(name) for name in modules}
    parts: list[str | Path] = [component.directory, *(path.name for path in built.values())]
    if recipe.get("host_certificates"):
        parts.append(HOST_CERTIFICATES)

    def make(scratch: Path) -> None:
        root = scratch / "root"
        _fill(component, root, built)
        oci.pack(root, scratch)
        shutil.rmtree(root)

    return cache.entry(f"image-{component.directory.name}", cache.fingerprint(*parts), make)


def _fill(component: Component, root: Path, built: dict[str, Path]) -> None:
    recipe = component.recipe
    root.mkdir()
    if (component.directory / "rootfs").exists():
        shutil.copytree(component.directory / "rootfs", root, dirs_exist_ok=True, symlinks=True)
    for target, source in recipe.get("files", {}).items():
        module, _, file = source.partition("/")
        (root / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(built[module] / file, root / target)
    for target, destination in recipe.get("links", {}).items():
        (root / target).parent.mkdir(parents=True, exist_ok=True)
        (root / target).symlink_to(destination)
    if requirements := recipe.get("python"):
        _install_python(
            component.directory / "requirements.txt",
            root / requirements["target"],
            requirements["version"],
        )
    if recipe.get("host_certificates"):
        target = root / HOST_CERTIFICATES.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HOST_CERTIFICATES, target)
    for folder, owner in recipe.get("directories", {}).items():
        (root / folder).mkdir(parents=True, exist_ok=True)
        shutil.chown(root / folder, owner, owner)


def _install_python(requirements: Path, target: Path, version: str) -> None:
    machine.run(
        *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"),
        *("--only-binary=:all:", "--implementation=cp", f"--python-version={version}"),
        *("--disable-pip-version-check", "--root-user-action=ignore"),
        *("--target", target, "--requirement", requirements),
    )


def _give_to_engine(image: oci.Image) -> None:
    """Load an image into the engine unless it is there: its id is its configuration's digest."""
    wanted = f"sha256:{hashlib.sha256(oci.configuration(image)).hexdigest()}"
    known = engine.docker("image", "ls", "--no-trunc", "--quiet", image.names[0]).strip()
    if known != wanted:
        engine.feed(lambda stream: oci.write_archive([image], stream), "load")
