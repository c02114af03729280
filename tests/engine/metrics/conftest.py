"""The server of the tests of serving, whose own metrics are compared with the list."""

from tests.engine.serve.conftest import server, start

__all__ = ["server", "start"]
