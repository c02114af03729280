"""The Kubernetes API, asked from a pod with the pod's own account."""

import logging
import os
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from ..errors import ProjectError

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
ANSWER_SECONDS = 30
AWAY_SECONDS = 300  # for which the API may not answer while a fit goes on
POLL_SECONDS = 2
GONE, THERE = 404, 409

Object = dict[str, Any]

logging.getLogger("httpx").setLevel(logging.WARNING)  # a line a question would bury the fit's


class Api:
    """Objects of the pod's namespace, by API group and the last part of their path."""

    def __init__(self, account: Path = ACCOUNT) -> None:
        host, port = (os.environ[f"KUBERNETES_SERVICE_{part}"] for part in ("HOST", "PORT"))
        namespace = (account / "namespace").read_text()
        self._address = f"https://{f'[{host}]' if ':' in host else host}:{port}"
        self._within = f"namespaces/{namespace}"
        self._token = account / "token"
        known = ssl.create_default_context(cafile=str(account / "ca.crt"))
        self._client = httpx.Client(verify=known, timeout=ANSWER_SECONDS, trust_env=False)

    def get(self, group: str, path: str) -> Object | None:
        """Return an object or a list, nothing if there is none."""
        return self._asked("GET", group, path)

    def create(self, group: str, kind: str, item: Object) -> None:
        """Make an object; one that is there already is taken for it."""
        self._asked("POST", group, kind, item)

    def delete(self, group: str, path: str) -> None:
        """Remove an object and what it owns; one that is gone is no fault."""
        self._asked("DELETE", group, f"{path}?propagationPolicy=Background")

    def lines(self, path: str) -> Iterator[str]:
        """Yield lines of a log as they are written; it ends with its container, or earlier."""
        with (
            suppress(httpx.HTTPError),
            self._client.stream(
                "GET", self._url("api/v1", path), headers=self._headers(), timeout=None
            ) as answer,
        ):
            if answer.is_success:
                yield from answer.iter_lines()

    def _asked(self, verb: str, group: str, path: str, item: Object | None = None) -> Object | None:
        """Return the answer; an API that is away for some minutes is waited for."""
        deadline = time.monotonic() + AWAY_SECONDS
        while True:
            try:
                answer = self._client.request(
                    verb, self._url(group, path), headers=self._headers(), json=item
                )
                said, away = f"refuses {verb} {path}: {_message(answer)}", answer.is_server_error
            except httpx.HTTPError as error:
                said, away = f"does not answer {verb} {path} ({error})", True
            else:
                if answer.status_code in (GONE, THERE):
                    return None
                if answer.is_success:
                    found: Object = answer.json()
                    return found
            if not away or time.monotonic() > deadline:
                raise ProjectError(f"The Kubernetes API {said}.")
            time.sleep(POLL_SECONDS)

    def _url(self, group: str, path: str) -> str:
        return f"{self._address}/{group}/{self._within}/{path}"

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token.read_text()}"}  # it is renewed


def _message(answer: httpx.Response) -> str:
    """Return what the API says about an answer that is none."""
    if answer.is_success:
        return ""
    try:
        return str(answer.json()["message"])
    except (KeyError, TypeError, ValueError):
        return f"{answer.status_code}"
