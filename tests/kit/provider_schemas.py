"""The schemas of OpenTofu's providers, read from the bindings that are generated of them.

A binding has a directory for each resource. Its JavaScript names every attribute, with its type, in
`synthesizeHclAttributes` or a function `...ToHclTerraform`, and says in a comment whether the
attribute is required, optional or computed.
"""

import io
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from offline import cache

WHEELS = Path(__file__).with_name("provider_wheels.txt")
Schema = dict[str, Any]  # {"attributes": {name: {type, required, computed}}, "blocks": {name: ...}}
FIELD = re.compile(
    r"^(\s+)(\w+): \{\n\1    value: (.*),\n\1    isBlock: (true|false),\n"
    r"\1    type: \"(\w+)\",\n\1    storageClassType: \"(\w+)\",\n\1\}",
    re.M,
)
CLASS = re.compile(r"^class (\w+) extends", re.M)
MARK = re.compile(r"// (\w+) - computed: (\w+), optional: (\w+), required: (\w+)")
SIMPLE = {"string": "string", "number": "number", "boolean": "bool"}
END = "// remove undefined attributes"


def schemas(names: Iterable[str]) -> dict[str, Schema]:
    """Return the schemas of resources, and of data sources, whose names begin with `data.`.

    Raises:
        KeyError: A provider has no resource of a name.
    """
    wanted = sorted(set(names))
    key = cache.fingerprint(WHEELS, Path(__file__), *wanted)

    def make(scratch: Path) -> None:
        _download(scratch)
        found: dict[str, Schema] = {}
        for wheel in sorted(scratch.glob("*.whl")):
            provider = wheel.name.split("-")[0].rpartition("_")[2]
            own = [n for n in wanted if n.removeprefix("data.").startswith(f"{provider}_")]
            found |= _read(wheel, own)
            wheel.unlink()
        (scratch / "schemas.json").write_text(json.dumps(found), "utf-8")

    path = cache.entry("provider-schemas", key, make) / "schemas.json"
    read: dict[str, Schema] = json.loads(path.read_text("utf-8"))
    return {name: read[name] for name in wanted}


def _download(directory: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    command += ["--dest", str(directory), "--requirement", str(WHEELS)]
    subprocess.run(command, check=True)


def _read(wheel: Path, names: list[str]) -> dict[str, Schema]:
    """Read the schemas of the resources that a wheel has."""
    directories = {_directory(name): name for name in names}
    sources = dict.fromkeys(names, "")
    with zipfile.ZipFile(wheel) as archive:
        (inner,) = (name for name in archive.namelist() if name.endswith(".tgz"))
        content = io.BytesIO(archive.read(inner))
    with tarfile.open(fileobj=content, mode="r:gz") as archive:
        for member in archive:
            parts = member.name.split("/")
            name = directories.get(parts[2]) if len(parts) > 3 else None
            file = archive.extractfile(member) if name and member.name.endswith(".js") else None
            if name and file:
                sources[name] += file.read().decode()
    return {name: _resource(name, text) for name, text in sources.items() if text}


def _directory(name: str) -> str:
    """Return how a binding calls the directory of aws_eks_cluster: eks-cluster."""
    provider, _, rest = name.removeprefix("data.").partition("_")
    prefix = f"data-{provider}-" if name.startswith("data.") else ""
    return prefix + rest.replace("_", "-")


def _resource(name: str, text: str) -> Schema:
    starts = [(match.start(), match[1]) for match in CLASS.finditer(text)]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    classes = {label: text[start:end] for (start, label), end in zip(starts, ends, strict=True)}
    label = "".join(part.capitalize() for part in _directory(name).split("-"))
    whole = classes[label]
    return _block(text, classes, label, whole[whole.index("synthesizeHclAttributes() {") :])


def _block(text: str, classes: dict[str, str], label: str, fields: str) -> Schema:
    """Read one block: `fields` begins where its attributes are named."""
    own = classes.get(f"{label}OutputReference", classes.get(label, ""))
    marks = {name: (c == "true", r == "true") for name, c, _, r in MARK.findall(own)}
    attributes: Schema = {}
    blocks: Schema = {}
    for _, name, value, is_block, kind, storage in FIELD.findall(fields[: fields.find(END)]):
        computed, required = marks.pop(name, (False, False))
        if is_block == "true":
            child, function = _nested(text, storage)
            blocks[name] = _block(text, classes, child, function) | {
                "many": "listMapperHcl" in value or "hashMapper" in value,
                "required": required,
            }
        else:
            told = {"type": _type(kind, storage), "required": required, "computed": False}
            attributes[name] = told
    for name, (computed, _) in marks.items():
        if computed:
            attributes[name] = {"type": "any", "required": False, "computed": True}
    return {"attributes": attributes, "blocks": blocks}


def _nested(text: str, storage: str) -> tuple[str, str]:
    """Return the name of a nested block's class, and the text from where its fields are named."""
    for label in (re.sub(r"(List|Map)$", "", storage), storage):
        at = text.find(f"function {label[0].lower()}{label[1:]}ToHclTerraform(struct)")
        if at >= 0:
            return label, text[at:]
    raise KeyError(f"{storage} has no fields")


def _type(kind: str, storage: str) -> str:
    if kind in {"list", "set", "map"}:
        return kind
    return SIMPLE.get(storage, "any")
