"""What an environment runs, as its release file says."""

from typing import Annotated

import msgspec

from .digest import Digest


class Release(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """One model that an environment runs, named so that nobody can mistake its bytes."""

    model_name: str
    model_version: Annotated[str, msgspec.Meta(pattern="^[1-9][0-9]*$")]
    model_uri: str
    model_digest: Digest
    manifest_digest: Digest
    snapshot: str
    source_commit: str
    gate_report: str
    promoted_from: str
    pipeline_digest: str = ""
    pipeline_image: str = ""
    serve_image: str = ""

    @property
    def title(self) -> str:
        """Name and version as commit subjects and messages show them."""
        return f"{self.model_name} v{self.model_version}"
