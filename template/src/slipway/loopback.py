"""Services on this machine are never asked through a proxy, whichever client asks."""

import os

HOSTS = ("localhost", "127.0.0.1", "::1")
VARIABLES = ("NO_PROXY", "no_proxy")  # clients read the one or the other


def bypass_proxies() -> None:
    """Add this machine to what this process and its children ask directly."""
    named = [host for name in VARIABLES for host in os.environ.get(name, "").split(",") if host]
    hosts = ["*"] if "*" in named else dict.fromkeys([*named, *HOSTS])
    os.environ.update(dict.fromkeys(VARIABLES, ",".join(hosts)))
