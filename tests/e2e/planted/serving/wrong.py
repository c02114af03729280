"""The server answers the contrary."""

import sys
from typing import Any

if sys.orig_argv[-1] == "slipway.serve":
    from slipway.bundle import Model

    predict = Model.predict

    def contrary(self: Any, columns: Any) -> Any:
        return 1 - predict(self, columns)

    Model.predict = contrary
