"""`slipway status`: what runs where, and whether it is what Git says."""

from dataclasses import dataclass
from typing import Any

import yaml

from ..errors import ProjectError
from ..project import project
from . import commands, waiting
from .commands import root


@dataclass(frozen=True)
class Row:
    """One Application, or an environment that has none yet."""

    application: str
    release: str
    revision: str
    sync: str
    health: str
    message: str
    newest: str

    @property
    def settled(self) -> bool:
        """Tell whether it is what the newest commit says, and works."""
        unborn = self.sync == "-"
        done = (self.sync, self.health) == ("Synced", "Healthy")
        return unborn or (done and self.revision == self.newest)


def rows() -> list[Row]:
    """Read this project's Applications; the newest commit is the one that was pushed last."""
    newest, prefix = pushed(), project().name
    found = {
        item["metadata"]["name"]: item
        for item in commands.get("applications.argoproj.io", "--namespace=argocd")
        if item["spec"]["project"] in {prefix, f"{prefix}-gitops", f"{prefix}-platform"}
    }
    environments = {f"{prefix}-{name}": _release(name) for name in project().environments}
    names = [*environments, *sorted(found.keys() - environments.keys())]
    return [_row(name, environments.get(name, ""), found.get(name), newest) for name in names]


def pushed() -> str:
    """Return the newest commit that Argo CD can see; empty while the Git server is away."""
    remote = "kind" if commands.target().kind else "origin"
    try:
        listed = commands.run("git", "ls-remote", remote, "refs/heads/main", seconds=5)
    except ProjectError:
        return ""
    return listed.partition("\t")[0]


def _row(name: str, release: str, item: dict[str, Any] | None, newest: str) -> Row:
    if item is None and not release:
        return Row(name, "nothing yet", "", "-", "-", "make promote", newest)
    state = (item or {}).get("status", {})
    sync, health = state.get("sync", {}), state.get("health", {})
    return Row(
        name,
        release,
        sync.get("revision", ""),
        sync.get("status", "Unknown"),
        health.get("status", "Unknown"),
        _message(state),
        newest,
    )


def _message(state: dict[str, Any]) -> str:
    """Return the first thing that is wrong."""
    said = [condition["message"] for condition in state.get("conditions", [])]
    operation = state.get("operationState", {})
    if operation.get("phase") not in {None, "Succeeded"}:
        said.append(operation.get("message", ""))
    said += [
        f"{resource['kind']} {resource['name']}: {resource['health'].get('message', '')}"
        for resource in state.get("resources", [])
        if resource.get("health", {}).get("status") in {"Degraded", "Missing"}
    ]
    said.append(state.get("health", {}).get("message", ""))
    return " ".join(next(filter(None, said), "").split())[:160]


def _release(environment: str) -> str:
    """Name what Git says an environment runs; empty when nothing is released."""
    path = root() / "environments" / environment / "release.yaml"
    data = yaml.safe_load(path.read_text("utf-8")).get("data") or {}
    return f"v{data['model-version']}" if "model-version" in data else ""


def table() -> str:
    """Return the rows as a table, with a last line when the Git server is away."""
    found = rows()
    lines = [("APPLICATION", "RELEASE", "COMMIT", "SYNC", "HEALTH", "")]
    for row in found:
        lines.append(
            (row.application, row.release, row.revision[:7], row.sync, row.health, row.message)
        )
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    text = [
        "  ".join(
            [*(f"{cell:<{w}}" for cell, w in zip(line, widths, strict=False)), line[5]]
        ).rstrip()
        for line in lines
    ]
    if not all(row.newest for row in found):
        text.append("The Git server does not answer: what runs stays as it is.")
    return "\n".join([*text, *waiting.lines()])
