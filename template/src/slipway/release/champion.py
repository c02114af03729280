"""Git is the truth about what the last environment runs; the registry's alias follows it."""

import sys

from .. import registry
from ..errors import ProjectError
from ..project import project
from . import record


def sync_champion() -> registry.Version | None:
    """Point the alias `champion` at what the last environment runs; None when that is nothing.

    Raises:
        ProjectError: The registry cannot be reached, or is not the one of that release; the alias
            stays where it is.
    """
    release = record.released(project().last)
    if release is None:
        registry.remove_alias("champion")
        return None
    version = record.registered(release)
    registry.set_alias("champion", version.number)
    return version


def follow(environment: str) -> None:
    """Move the alias after a commit to the last; it stands even when the registry is down."""
    if environment != project().last:
        return
    try:
        sync_champion()
    except ProjectError as error:
        print(f"warning: the next gate moves the alias champion: {error}", file=sys.stderr)
