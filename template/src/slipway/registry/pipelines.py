"""Which run of a pipeline made which version: a tag of the version for each."""

from ..project import project
from . import tracking
from .versions import Version

TAG = "pipeline_run."  # and then the id of the run; a rerun makes the same version once more
VERSIONS_MAXIMUM = 10_000  # that are looked at


def made(version: Version, run: str) -> None:
    """Say which run made a version."""
    with tracking.client() as client:
        number = str(version.number)
        client.set_model_version_tag(version.name, number, f"{TAG}{run}", version.as_of)


def made_by_pipelines() -> dict[str, int]:
    """Return the number of the version that each run of a pipeline made."""
    with tracking.client() as client:
        found = client.search_model_versions(f"name = '{project().name}'", VERSIONS_MAXIMUM)
    return {
        tag.removeprefix(TAG): int(version.version)
        for version in found
        for tag in version.tags
        if tag.startswith(TAG)
    }
