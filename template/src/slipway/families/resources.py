"""What a model may ask of a cluster, written as Kubernetes writes it."""

import re

from ..errors import ProjectError
from . import Resources

CPU = r"(?!0+(\.0+)?$)\d+(\.\d+)?|[1-9]\d*m"
MEMORY = r"[1-9]\d*(Ki|[MGT]i?)?"


def checked(wanted: Resources) -> Resources:
    """Return the resources of a model.

    Raises:
        ProjectError: One of them is written otherwise.
    """
    for what, value, pattern, form in (
        ("cores", wanted.cpu, CPU, '"500m", "2" or "1.5"'),
        ("memory", wanted.memory, MEMORY, '"8Gi" or "4G"'),
    ):
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise _refusal(f"{value!r} as its {what}", form)
    gpus: object = wanted.gpus
    if isinstance(gpus, bool) or not isinstance(gpus, int) or gpus < 0:
        raise _refusal(f"{gpus!r} GPUs", "a whole number")
    return wanted


def _refusal(wish: str, form: str) -> ProjectError:
    return ProjectError(f"model.py asks for {wish}: write {form} into its resources.")
