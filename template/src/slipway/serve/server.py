"""One process, one event loop, one socket; SIGTERM drains before it ends."""

import gc
import signal
import socket
import time
from functools import partial
from types import FrameType
from typing import Any, cast

import structlog
import uvicorn

from ..bundle import Model
from ..errors import ProjectError
from . import app
from .limits import BoundedProtocol, Traffic
from .settings import ServeSettings

BACKLOG = 2048
log = structlog.get_logger()


class DrainingServer(uvicorn.Server):
    """A server that answers on for `drain_seconds` after SIGTERM while it says it is not ready.

    By then no load balancer sends requests any more, so closing the socket loses none.
    """

    def __init__(self, config: uvicorn.Config, traffic: Traffic, drain_seconds: float) -> None:
        super().__init__(config)
        traffic.requests = self.server_state.tasks
        self.traffic = traffic
        self.drain_seconds = drain_seconds
        self.exit_at = float("inf")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to drain; a second signal, or Ctrl-C, waits only for active requests."""
        seconds = self.drain_seconds
        if self.traffic.draining or sig == signal.SIGINT:
            seconds = 0
        self.traffic.draining = True
        self.exit_at = time.monotonic() + seconds

    async def on_tick(self, counter: int) -> bool:
        """End when the draining is over."""
        self.should_exit = time.monotonic() >= self.exit_at
        return await super().on_tick(counter)


def run(model: Model, settings: ServeSettings) -> None:
    """Serve `model` until a signal ends it.

    Raises:
        ProjectError: The address is taken or not ours, or captures cannot be written.
    """
    traffic = Traffic()
    config = uvicorn.Config(
        app.create(model, settings, traffic),
        http=cast(Any, partial(BoundedProtocol, traffic=traffic, seconds=settings.client_seconds)),
        loop="uvloop",
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=settings.client_seconds,
        timeout_graceful_shutdown=settings.client_seconds,
    )
    listener = _listen(settings.host, settings.port)
    host, port = listener.getsockname()[:2]
    gc.freeze()  # what is alive now stays so: the collector need not look at it again
    log.info("listening", url=f"http://{host}:{port}", model=model.manifest.name)
    DrainingServer(config, traffic, settings.drain_seconds).run([listener])
    log.info("ended")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ProjectError(
            f"cannot listen on {host}:{port}: {error.strerror}; choose a free HOST and PORT."
        ) from None
