"""Commands around a template and its projects; each can be run, and tested, from a Git hook."""

import functools
import os
import subprocess
from collections.abc import Mapping

from plumbum import local


@functools.cache
def _set_by_hooks() -> frozenset[str]:
    """Name the variables that lead a Git to the repository of the hook it was started from.

    GIT_CONFIG_COUNT is set by people and containers only, to name a safe.directory for example.
    """
    command = ["git", "rev-parse", "--local-env-vars"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return frozenset(listed) - {"GIT_CONFIG_COUNT"}


def outside_git_hooks(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without what a Git hook was told about its repository."""
    return {name: value for name, value in environment.items() if name not in _set_by_hooks()}


# Copier runs Git by itself, with the variables of this process as plumbum has once copied them.
for _name in _set_by_hooks():
    os.environ.pop(_name, None)
    local.env.pop(_name, "")
