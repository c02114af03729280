"""What files say that a cluster cannot use: examples, old keys, no pods, Git by SSH."""

import re
from collections.abc import Iterator

import yaml

from ..project import FILE, project
from . import build, document, values
from .commands import root
from .document import Keys

EXAMPLE = re.compile(r"\bexample\.(com|net|org)\b")
OF_KIND = re.compile(r"\blocal-storage\b|^localhost/|\bgit\.git\.svc\b")
WORKFLOWS = "components/workflows"
READ = {"replicas-maximum", "replicas-minimum"}  # of an environment's env.yaml
KEDA = "components/keda"
COUNTED = {"requests-active", "requests-per-second", "scale-down-seconds"}  # there, with KEDA


def places(cluster: str) -> Iterator[tuple[str, str]]:
    """Yield each place and what to do there; the local cluster may keep what only it can have."""
    if cluster != values.LOCAL:
        yield from _examples(cluster)
        yield from _images(cluster)
    yield from _by_ssh(cluster)
    read = READ
    if (root() / KEDA).is_dir():
        read = READ | COUNTED
        yield from _unscaled(read)
    yield from _unread(read)


def _examples(cluster: str) -> Iterator[tuple[str, str]]:
    text = document.parse(values.location(cluster))
    pending: list[tuple[Keys, yaml.Node]] = [((), text.node)]
    while pending:
        keys, node = pending.pop(0)
        below = [((*keys, child.key), child.value) for child in document.children(node)]
        pending = below + pending
        if isinstance(node, yaml.ScalarNode):
            place = f"{text.file}:{node.start_mark.line + 1} {'.'.join(map(str, keys))}"
            if EXAMPLE.search(node.value):
                yield place, f"{node.value} is an example; change it"
            elif OF_KIND.search(node.value):
                yield place, f"{node.value} is in kind alone; change it"


def _images(cluster: str) -> Iterator[tuple[str, str]]:
    """Yield what names images of another registry than the cluster's."""
    registry = values.load(cluster).images.registry
    if project().images != registry:
        yield f"{FILE} images", f"{project().images} is not {registry}; write the same"
    for file in _files("release.yaml"):
        data = document.parse(file).content.get("data") or {}
        image = str(data.get("serve-image", ""))
        if image and not image.startswith(f"{registry}/"):
            yield f"{file} serve-image", f"{image} is not in {registry}; write it there, or promote"


def _by_ssh(cluster: str) -> Iterator[tuple[str, str]]:
    """Yield the address of a repository that Argo CD can read and workflows cannot."""
    url = values.load(cluster).git.url
    if url.startswith("ssh:") and WORKFLOWS in build.applied(cluster):
        text = document.parse(values.location(cluster))
        place = f"{text.file}:{document.line(text.node, ('git', 'url'))} git.url"
        yield place, f"workflows log in by HTTPS alone; write the https:// address of {url}"


def _unscaled(read: set[str]) -> Iterator[tuple[str, str]]:
    """Yield what KEDA cannot scale by: a figure that is missing or none, or no pod at all."""
    for file in _files("env.yaml"):
        text = document.parse(file)
        data = text.content.get("data") or {}
        for key in sorted(read - data.keys()):
            yield f"{file} {key}", "KEDA reads it; write it as docs/how-to/scale-serving.md says"
        for key in sorted(read & data.keys()):
            if not re.fullmatch("[1-9][0-9]*", str(data[key])):
                where = f"{file}:{document.line(text.node, ('data', key))} {key}"
                yield where, f"{data[key]} is no number from 1 up; write one in quotes"


def _unread(read: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the keys of env.yaml that have moved into the values of clusters."""
    for file in _files("env.yaml"):
        text = document.parse(file)
        keys = (text.content.get("data") or {}).keys() - read
        for key in sorted(keys):
            where = f"{text.file}:{document.line(text.node, ('data', key))} {key}"
            yield where, "nothing reads it any more; write it into clusters/*/values.yaml"


def _files(name: str) -> list[str]:
    """Return the files of a name in the directories of environments."""
    paths = sorted(root().glob(f"environments/*/{name}"))
    return [path.relative_to(root()).as_posix() for path in paths]
