"""python -m slipway.serve: verify the model that the environment names, then serve it."""

import sys

from .. import bundle
from ..errors import ProjectError
from . import logs, server, settings


def main() -> int:
    """Serve until a signal; a mistake in the settings or the model is one line and exit code 1."""
    try:
        asked = settings.read()
        settings.adopt(asked.capture_account)
        model = bundle.load(
            asked.model_dir, asked.model_digest, asked.manifest_digest, asked.threads
        )
        logs.configure()
        server.run(model, asked)
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


sys.exit(main())
