"""Every error leaves the server as the protocol wants it: {"error": "<sentence>"}."""

import json
from collections.abc import Mapping

from fastapi.exceptions import RequestValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

MESSAGE_LENGTH_MAXIMUM = 500  # a message may quote the request
CLIENT_LEFT = 499  # nginx's code; nobody reads the answer, but it is counted


def error_body(message: str) -> bytes:
    """Return the body of an error; ASCII, because a message may quote what is no valid text."""
    return json.dumps({"error": message[:MESSAGE_LENGTH_MAXIMUM]}).encode()


def error_response(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error as a response."""
    return Response(error_body(message), status, headers, "application/json")


async def _on_http_exception(_: Request, error: HTTPException) -> Response:
    return error_response(error.status_code, error.detail, error.headers)


async def _on_invalid_request(_: Request, error: RequestValidationError) -> Response:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return error_response(400, f"{where}: {first['msg']}.")


async def _on_disconnect(*_: object) -> Response:
    return error_response(CLIENT_LEFT, "the client left.")


async def _on_exception(*_: object) -> Response:
    # uvicorn ends the connection after a failure: a client must not send another request on it.
    close = {"Connection": "close"}
    return error_response(500, "the server failed; its log says why.", close)


def register(app: Starlette) -> None:
    """Make every exception of `app` an error in the protocol's form."""
    app.exception_handlers |= {
        HTTPException: _on_http_exception,
        RequestValidationError: _on_invalid_request,
        ClientDisconnect: _on_disconnect,
        Exception: _on_exception,
    }
