"""python -m slipway COMMAND."""

import sys

from .cli import main

sys.exit(main())
