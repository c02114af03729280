"""The library that boosting is fitted with."""

import importlib
import sys
from typing import Any


def import_lightgbm() -> Any:
    """Import LightGBM without scikit-learn, whose classes are not used here: saves a second."""
    hidden = "sklearn" not in sys.modules
    if hidden:
        sys.modules["sklearn"] = None  # type: ignore[assignment]  # makes its import fail
    try:
        return importlib.import_module("lightgbm")
    finally:
        if hidden:
            del sys.modules["sklearn"]
