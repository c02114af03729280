"""What a project's Prometheus knows."""

import json
from typing import Any

from tests.e2e.kit import inside
from tests.e2e.kit.delivery import Delivered


def ask(project: Delivered, path: str) -> Any:
    """Return what Prometheus answers."""
    return json.loads(inside.ask(project, "monitoring", "prometheus", 9090, f"api/v1/{path}"))[
        "data"
    ]
