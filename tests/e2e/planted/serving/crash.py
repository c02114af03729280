"""The server ends as soon as it starts."""

import os
import sys

if sys.orig_argv[-1] == "slipway.serve":
    os._exit(1)
