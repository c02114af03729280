"""python -m slipway.serve: verify the model that the environment names, then serve it."""

import sys

from .. import bundle
from .. import logs as lines
from ..errors import ProjectError
from . import logs, server, settings


def main() -> int:
    """Serve until a signal; a mistake in the settings or the model is one line and exit code 1."""
    lines.begin("server")
    try:
        options = settings.read()
        settings.adopt(options.capture_account)
        model = bundle.load(
            options.model_dir, options.model_digest, options.manifest_digest, options.threads
        )
        version = options.model_version or model.model_digest[:12]
        lines.record.describe("server", model_version=version)
        logs.configure()
        server.run(model, options)
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


sys.exit(main())
