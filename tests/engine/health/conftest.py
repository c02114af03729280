"""The months of the monitor's tests."""

from tests.engine.monitor.conftest import limits, report

__all__ = ["limits", "report"]
