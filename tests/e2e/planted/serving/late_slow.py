"""The server becomes slow, three times what objectives.yaml allows, two minutes after its start."""

import sys
import time
from typing import Any

if sys.orig_argv[-1] == "slipway.serve":
    from slipway.bundle import Model

    predict = Model.predict
    begun = time.monotonic()

    def slow(self: Any, columns: Any) -> Any:
        if time.monotonic() > begun + 120:
            time.sleep(0.3)
        return predict(self, columns)

    Model.predict = slow
