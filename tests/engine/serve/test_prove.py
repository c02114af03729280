"""A server proves itself with rows that are nobody's."""

import pytest

from slipway.bundle import Model
from slipway.contract.captured import PROOF
from slipway.errors import ProjectError
from slipway.serve import prove

from .process import Server, wait_until

PATIENT_MS = 5000.0  # the machine of the tests may be busy


def proved(server: Server) -> int:
    return sum(one["key"].startswith(PROOF) for one in server.predictions())


def test_a_server_that_answers_as_its_model_is_proved(server: Server, model: Model) -> None:
    said = prove.prove(f"http://127.0.0.1:{server.port}", model, PATIENT_MS)
    assert said.startswith(f"{prove.ROWS} answers of")
    wait_until(lambda: proved(server) == prove.ROWS)  # named so that the monitor leaves them out


def test_a_server_that_is_too_slow_is_refused(server: Server, model: Model) -> None:
    with pytest.raises(ProjectError, match=r"over 0\.001 ms"):
        prove.prove(f"http://127.0.0.1:{server.port}", model, 0.001)
