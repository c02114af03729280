"""A server proves itself with rows that are nobody's."""

import pytest

from slipway.bundle import Model
from slipway.errors import ProjectError
from slipway.serve import prove
from slipway.serve.predictions import PROOF_HEADER

from .bodies import Body
from .process import Server, wait_until

PATIENT_MS = 5000.0  # the machine of the tests may be busy


def test_a_server_that_answers_as_its_model_is_proved(server: Server, model: Model) -> None:
    said = prove.prove(f"http://127.0.0.1:{server.port}", model, PATIENT_MS)
    assert said.startswith(f"{prove.ROWS} answers of")


def test_the_monitor_is_told_of_no_row_that_proved_a_release(
    server: Server, model: Model, rows: list[Body]
) -> None:
    wait_until(lambda: server.metric("capture_queue_predictions") == 0)
    before = len(server.predictions())
    prove.prove(f"http://127.0.0.1:{server.port}", model, PATIENT_MS)
    assert ask(server, {"parcel_id": "last", **rows[0]}, {}) == 200
    wait_until(lambda: server.metric("capture_queue_predictions") == 0)
    assert len(server.predictions()) == before + 1


@pytest.mark.parametrize("headers", [{}, {PROOF_HEADER: ""}, {PROOF_HEADER: "ab" * 32}])
def test_a_client_whose_keys_begin_like_an_old_proof_is_captured(
    server: Server, rows: list[Body], headers: dict[str, str]
) -> None:
    before = sum(one["parcel_id"] == "proof-17" for one in server.predictions())
    assert ask(server, {**rows[0], "parcel_id": "proof-17"}, headers) == 200
    wait_until(lambda: sum(one["parcel_id"] == "proof-17" for one in server.predictions()) > before)


def ask(server: Server, row: Body, headers: dict[str, str]) -> int:
    """Ask about one row and return the status of the answer."""
    return server.client.post("/v1/predictions", json={"rows": [row]}, headers=headers).status_code


def test_a_server_that_is_too_slow_is_refused(server: Server, model: Model) -> None:
    with pytest.raises(ProjectError, match=r"over 0\.001 ms"):
        prove.prove(f"http://127.0.0.1:{server.port}", model, 0.001)
