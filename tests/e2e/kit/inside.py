"""What a service inside the cluster answers, asked through `kubectl port-forward`, as people do.

The API server's own proxy comes from another node as often as not, which a NetworkPolicy forbids.
"""

import http.client
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

from offline import cluster, machine
from tests.e2e.kit.delivery import Delivered

SECONDS = 60


def ask(project: Delivered, part: str, service: str, port: int, path: str) -> str:
    """Return the body of an answer; raise HarnessError if there is none."""
    with _forwarded(project, part, service, port) as address:
        try:
            with urlopen(f"http://{address}/{path}", timeout=SECONDS) as answer:
                body: bytes = answer.read()
        except (URLError, OSError, http.client.HTTPException) as error:
            raise machine.HarnessError(f"{service}/{path}: {error}") from error
    return body.decode()


@contextmanager
def _forwarded(project: Delivered, part: str, service: str, port: int) -> Iterator[str]:
    """Yield an address on this machine that leads to a service."""
    known = (cluster.kubectl(), "--kubeconfig", project.made.kubeconfig)
    forward = ("port-forward", f"service/{service}", f":{port}")
    with subprocess.Popen(
        (*known, "-n", project.namespace(part), *forward),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            said = process.stdout.readline() if process.stdout else ""
            if not (found := re.match(r"Forwarding from (127\.0\.0\.1:\d+)", said)):
                raise machine.HarnessError(f"{service} cannot be reached: {said.strip()}")
            yield found[1]
        finally:
            process.terminate()
