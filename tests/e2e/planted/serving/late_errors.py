"""The server fails each request, from two minutes after its start on: long after its proof."""

import sys
import time
from typing import Any

if sys.orig_argv[-1] == "slipway.serve":
    from slipway.bundle import Model

    predict = Model.predict
    begun = time.monotonic()

    def failing(self: Any, columns: Any) -> Any:
        if time.monotonic() > begun + 120:
            raise RuntimeError("planted")
        return predict(self, columns)

    Model.predict = failing
