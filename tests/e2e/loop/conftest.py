"""The first training, and a project of another task that goes through its loop beside the first."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.e2e.kit import loops
from tests.e2e.kit.delivery import Delivered, Measured
from tests.e2e.kit.pods import Training


@pytest.fixture(scope="session")
def going(second: Delivered, measured: Measured) -> Iterator[Future[loops.Loop]]:
    """Let the second project go round beside the tests of the first one."""
    with ThreadPoolExecutor() as pool:
        yield pool.submit(loops.go_round, second, measured)


@pytest.fixture(scope="session", autouse=True)
def begun(request: pytest.FixtureRequest) -> None:
    """Begin with the first test here, if there is one that looks at the second project."""
    if any("going" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.getfixturevalue("going")


@pytest.fixture(scope="session")
def trained(training: Training) -> str:
    """Return what the command printed that has trained one model in the cluster."""
    return training.printed
