"""The server answers late: twice as late as objectives.yaml allows."""

import sys
import time
from typing import Any

if sys.orig_argv[-1] == "slipway.serve":
    from slipway.bundle import Model

    predict = Model.predict

    def late(self: Any, columns: Any) -> Any:
        time.sleep(0.2)
        return predict(self, columns)

    Model.predict = late
