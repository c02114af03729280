"""python -m slipway.serve.fetch: bring a released model from MLflow, with no MLflow installed.

Two documented routes are enough: one names where a version's files are, one hands a file out.
"""

import base64
import http.client
import re
import ssl
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from pydantic import Field, HttpUrl, ValidationError
from pydantic_settings import BaseSettings

from .. import bundle, logs
from ..contract.digest import DIGEST_PATTERN
from ..errors import ProjectError

FILES = (bundle.MODEL_FILE, bundle.MANIFEST_FILE)
BYTES_MAXIMUM = 512 * 1024 * 1024  # of one file
ATTEMPTS = 4  # a registry that restarts is back within these, one second doubled each time
TIMEOUT_SECONDS = 20
ROUTES = {
    "address": "/api/2.0/mlflow/model-versions/get-download-uri?",
    "file": "/api/2.0/mlflow-artifacts/artifacts/",
}


class FetchSettings(BaseSettings):
    """What to fetch and from where; each field is a variable in capitals.

    `registry_account` is a directory with the files username and password, a mounted Secret;
    without it MLflow is asked as nobody.
    """

    model_uri: str = Field(pattern=r"^models:/[^/]+/[1-9][0-9]*$")
    model_dir: Path
    model_digest: str = Field(pattern=DIGEST_PATTERN)
    manifest_digest: str = Field(pattern=DIGEST_PATTERN)
    mlflow_tracking_uri: HttpUrl
    registry_account: Path = Path("/run/secrets/registry")


class _Address(msgspec.Struct):
    artifact_uri: str


def fetch(options: FetchSettings) -> None:
    """Write the bundle into `options.model_dir`, verified against both digests, or write nothing.

    Raises:
        ProjectError: MLflow cannot be reached, refuses, or holds other bytes than were released.
    """
    directory = options.model_dir
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory, prefix=".") as temporary:
            _download(options, Path(temporary))
            bundle.load(Path(temporary), options.model_digest, options.manifest_digest)
            for name in FILES:
                (Path(temporary) / name).replace(directory / name)
    except OSError as error:
        raise ProjectError(
            f"{directory} cannot be written: {error.strerror}; name a writable MODEL_DIR."
        ) from None


def _download(options: FetchSettings, directory: Path) -> None:
    _, name, version = options.model_uri.split("/")
    query = urlencode({"name": name, "version": version})
    answer = _get(options, ROUTES["address"] + query)
    address = msgspec.json.decode(answer, type=_Address).artifact_uri
    served = re.fullmatch(r"mlflow-artifacts:(?://[^/]+)?/+(.+)", address)
    if served is None:
        raise ProjectError(
            f"{options.model_uri} lies at {address}, which MLflow does not hand out: "
            "run its server with --serve-artifacts and register the model again."
        )
    for file in FILES:
        content = _get(options, ROUTES["file"] + quote(f"{served[1]}/{file}"))
        (directory / file).write_bytes(content)


def _get(options: FetchSettings, path: str) -> bytes:
    """Return what MLflow answers; ask again while it is down."""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(2 ** (attempt - 1))
        try:
            status, content = _request(options, path)
        except (OSError, http.client.HTTPException) as error:
            reason = str(error) or type(error).__name__
            continue
        if status == http.HTTPStatus.OK:
            return content
        reason = f"it answers {status}"
        if status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
            break
    server = options.mlflow_tracking_uri
    raise ProjectError(
        f"MLflow at {server.host} did not hand out {options.model_uri} ({reason}): see that it is "
        f"up, and that the account in {options.registry_account} may read the model."
    )


def _request(options: FetchSettings, path: str) -> tuple[int, bytes]:
    """Ask once; a redirect is not followed, so the password goes to no other host."""
    server = urlsplit(str(options.mlflow_tracking_uri))
    place = server.hostname or "", server.port
    if server.scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            *place, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(*place, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", server.path.rstrip("/") + path, headers=_headers(options))
        response = connection.getresponse()
        content = response.read(BYTES_MAXIMUM + 1)
    finally:
        connection.close()
    if len(content) > BYTES_MAXIMUM:
        raise ProjectError(f"{options.model_uri} is larger than {BYTES_MAXIMUM} bytes.")
    return response.status, content


def _headers(options: FetchSettings) -> dict[str, str]:
    files = [options.registry_account / name for name in ("username", "password")]
    if not all(file.exists() for file in files):
        return {}
    pair = ":".join(file.read_text().strip() for file in files)
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def read() -> FetchSettings:
    """Return what this process is asked to fetch.

    Raises:
        ProjectError: A variable is missing or malformed; the sentence names it.
    """
    values: dict[str, Any] = {}  # all come from the environment
    try:
        return FetchSettings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        variable = str(first["loc"][0]).upper()
        raise ProjectError(f"{variable}: {first['msg']}; set the environment variable.") from None


def main() -> int:
    """Fetch what the environment names; a mistake is one line and exit code 1."""
    logs.begin("fetch")
    try:
        options = read()
        fetch(options)
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{options.model_uri} is in {options.model_dir}, model {options.model_digest[:12]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
