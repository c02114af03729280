"""Settings of the model server, read once from environment variables of the same names."""

import os
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ..errors import ProjectError


class ServeSettings(BaseSettings):
    """Which model is served, where, and within which limits; each field is a variable in capitals.

    `model_digest` and `manifest_digest` name what was released: any other file is refused.
    Predictions are kept in `capture_store`, a directory or the URL of a bucket; without it, or
    with 0 `capture_seconds`, none is.
    Spans are kept of `trace_share` of the predictions; a client that sends a traceparent decides.
    `capture_account` is a mounted Secret: each file is named like the variable that it holds.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True)

    model_dir: Path
    model_digest: str = ""
    manifest_digest: str = ""
    model_version: str = ""
    capture_store: str = ""
    capture_account: Path = Path("/run/secrets/captures")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    threads: int = Field(default=1, ge=1)  # for the model; the CPU limit of the pod

    body_bytes_maximum: int = Field(default=1024 * 1024, ge=1)
    rows_maximum: int = Field(default=5000, ge=1)
    requests_maximum: int = Field(default=256, ge=1)  # active at once; more are answered 503
    capture_rows_maximum: int = Field(default=100_000, ge=1)  # in memory; more are dropped
    capture_seconds: float = Field(default=10, ge=0)  # until a row is written; an object each time
    trace_share: float = Field(default=0.05, ge=0, le=1)  # of predictions whose client is silent
    client_seconds: int = Field(default=30, ge=1)  # to send a request, and between two
    drain_seconds: float = Field(default=0, ge=0)  # served on after SIGTERM, not ready any more


def read() -> ServeSettings:
    """Return the settings of this process.

    Raises:
        ProjectError: A variable is missing or out of range; the sentence names it.
    """
    try:
        return ServeSettings.model_validate({})
    except ValidationError as error:
        first = error.errors()[0]
        variable = str(first["loc"][0]).upper()
        raise ProjectError(f"{variable}: {first['msg']}; set the environment variable.") from None


def adopt(account: Path) -> None:
    """Take the variables of a mounted Secret, one a file; what is set already stays."""
    for file in account.glob("[!.]*"):
        os.environ.setdefault(file.name, file.read_text("utf-8").strip())
