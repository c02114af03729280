"""What Prometheus is told about a project: its objectives, and which environments there are.

Both files are written from objectives.yaml and pyproject.toml, so that nobody copies a number or a
name; alerts and dashboards use what the rules record.
"""

from pathlib import Path

from .files import write_bytes
from .objectives import objectives
from .project import project
from .settings import settings

RULES = "components/serving/monitoring/objectives.rules.yaml"
SCRAPE = "components/monitoring/scrape-serving.yaml"
RULES_HEAD = """\
# Written by `make rules` from objectives.yaml: change a target there.
groups:
  - name: objectives
    rules:
"""
SCRAPE_TEXT = """\
# Written by `make rules` from the environments of pyproject.toml: change the list there.
scrape_configs:
  - job_name: serving
    dns_sd_configs:
      - names:
{names}
        port: 8080
        type: A
        refresh_interval: 10s
    relabel_configs:
      - source_labels: [__meta_dns_name]
        regex: serving-pods\\.{project}-(.+)
        target_label: environment
"""


def main() -> None:
    """Write the files, each whole or not at all, and say which.

    Raises:
        ProjectError: objectives.yaml or pyproject.toml is wrong, or a file cannot be written.
    """
    written = texts()
    for path, text in written.items():
        write_bytes(settings().project_root / path, text.encode())
        print(f"{path} is written.")
    if not written:
        print("nothing to write: this project has no components/serving/monitoring.")


def stale() -> list[str]:
    """Name the files that say something else than what they are written from."""
    root = settings().project_root
    return [path for path, text in texts().items() if _content(root / path) != text]


def paths() -> list[str]:
    """Name the files that a project has: those of components that it does not lack."""
    root = settings().project_root
    return [path for path in (RULES, SCRAPE) if (root / path).parent.is_dir()]


def texts() -> dict[str, str]:
    """Return what each file has to say."""
    made = {RULES: _rules, SCRAPE: _scrape}
    return {path: made[path]() for path in paths()}


def _rules() -> str:
    targets = objectives()
    records = {
        "model:quality:objective": targets.monitoring.quality_objective,
        "serving:error_budget:ratio": 1 - targets.serving.availability,
        "serving:latency_p99_objective:seconds": targets.serving.latency_p99_ms / 1000,
    }
    lines = (
        f"      - record: {name}\n        expr: vector({value:.10g})\n"
        for name, value in records.items()
    )
    return RULES_HEAD + "".join(lines)


def _scrape() -> str:
    name = project().name
    names = (
        f"          - serving-pods.{name}-{environment}" for environment in project().environments
    )
    return SCRAPE_TEXT.format(names="\n".join(names), project=name)


def _content(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""
