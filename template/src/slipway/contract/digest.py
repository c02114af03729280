"""How a file is named by its content."""

from typing import Annotated

import msgspec

DIGEST_PATTERN = "^[0-9a-f]{64}$"  # SHA-256 in hex
Digest = Annotated[str, msgspec.Meta(pattern=DIGEST_PATTERN)]
