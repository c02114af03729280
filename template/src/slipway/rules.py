"""What rooms are told about a project: its objectives, and which environments there are.

The files are written from objectives.yaml and pyproject.toml, so that nobody copies a number or a
name; alerts and dashboards use what the rules record.
"""

import math
from pathlib import Path

from .files import write_bytes
from .objectives import Objectives, objectives
from .project import project
from .settings import settings

RULES = "components/serving/monitoring/objectives.rules.yaml"
SCRAPE = "components/monitoring/scrape-serving.yaml"
PODS = "components/monitoring/scrape-pods.yaml"
LOGS = "components/telemetry/agent/namespaces.yaml"
FILES = (RULES, SCRAPE, PODS, LOGS)
DAY = 86400  # seconds
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
PODS_TEXT = """\
# Written by `make rules` from the environments of pyproject.toml: change the list there.
scrape_configs:
  - job_name: pods
    metric_relabel_configs:
      - source_labels: [__name__, namespace] # of pods and Jobs, those of this project
        regex: kube_node_labels;|kube_(job|pod)_.+;{project}-({names}|mlflow|monitoring|pipelines)
        action: keep
      - source_labels: [namespace]
        regex: {project}-({names})
        target_label: environment
    static_configs:
      - targets: [kube-state-metrics:8080]
"""
LOGS_TEXT = """\
# Written by `make rules` from the environments of pyproject.toml: change the list there.
receivers:
  file_log:
    include:
      - /var/log/pods/{project}-{{{environments},mlflow,pipelines}}_*/*/*.log
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
    return [path for path in FILES if (root / path).parent.is_dir()]


def texts() -> dict[str, str]:
    """Return what each file has to say."""
    made = {RULES: _rules, SCRAPE: _scrape, PODS: _pods, LOGS: _logs}
    return {path: made[path]() for path in paths()}


def _rules() -> str:
    lines = (
        f"      - record: {name} # {meaning}\n        expr: vector({value:.10g})\n"
        for name, value, meaning in _records(objectives())
    )
    return RULES_HEAD + "".join(lines)


def _records(targets: Objectives) -> list[tuple[str, float, str]]:
    """Return name, value and meaning of each number of objectives.yaml that a rule reads."""
    quality, watched, serving = targets.quality_metric, targets.monitoring, targets.serving
    better = -1 if quality.better == "lower" else 1
    return [
        (
            "model:age_objective:seconds",
            (watched.model_age_days_maximum or math.inf) * DAY,
            "since its registration",
        ),
        (
            "model:data_age_objective:seconds",
            (watched.data_age_days_maximum or math.inf) * DAY,
            "since the newest day that it was trained on",
        ),
        ("model:quality:better", better, "1 where more is better, -1 where less is"),
        (
            "model:quality:objective",
            watched.quality_objective,
            "a month that misses it asks for a retraining",
        ),
        ("serving:error_budget:ratio", 1 - serving.availability, "requests that may fail"),
        (
            "serving:latency_p99_objective:seconds",
            serving.latency_p99_ms / 1000,
            "in which 99 of 100 requests are answered",
        ),
    ]


def _scrape() -> str:
    name = project().name
    names = (
        f"          - serving-pods.{name}-{environment}" for environment in project().environments
    )
    return SCRAPE_TEXT.format(names="\n".join(names), project=name)


def _pods() -> str:
    environments = "|".join(project().environments)
    return PODS_TEXT.format(names=environments, project=project().name)


def _logs() -> str:
    environments = ",".join(project().environments)
    return LOGS_TEXT.format(environments=environments, project=project().name)


def _content(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""
