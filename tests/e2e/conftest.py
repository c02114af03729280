"""One cluster for the run; a failed test exports its state."""

import os
import uuid
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.e2e import delivery
from tests.e2e.harness import cluster, engine, logs, machine, workloads

NODES = Path(__file__).with_name("two-nodes.yaml")
# fewer means that tests vanished: `make e2e` fails then
KNOWN_TESTS = {"offline": 65, "ordinary": 45}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make e2e` ask for the count."""
    parser.addoption("--all", action="store_true", help="fail unless every known test ran")


def pytest_configure() -> None:
    """Stop with one sentence on a machine that neither supply fits."""
    try:
        machine.supply()
    except machine.HarnessError as error:
        pytest.exit(f"error: {error}", returncode=1)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out the tests of images that this machine would only pull."""
    built = collection_path.name == "test_components.py"
    return True if built and machine.supply() == "ordinary" else None


@pytest.fixture(scope="session")
def made() -> Iterator[cluster.Cluster]:
    """Make the cluster, of two nodes, and remove it; one that was there, or was named, is left."""
    given = os.environ.get("SLIPWAY_KUBECONFIG")
    name = os.environ.get("SLIPWAY_CLUSTER", cluster.NAME)
    ours = not given and not cluster.exists(name)
    yield cluster.Cluster(name, Path(given)) if given else cluster.up(name, NODES)
    if ours:
        cluster.down(name)
        if machine.supply() == "offline":
            engine.stop()


@pytest.fixture(scope="session")
def released(made: cluster.Cluster, tmp_path_factory: pytest.TempPathFactory) -> delivery.Delivered:
    """Return a project that runs its first model in every environment."""
    directory = tmp_path_factory.mktemp("delivered") / "flight-delays"
    project = delivery.render(directory, made)
    with delivery.kept_free(made):
        project.up()
    return delivery.release_everywhere(project)


@pytest.fixture
def namespace(made: cluster.Cluster) -> Iterator[str]:
    """Make a namespace for one test, ready to take pods."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    workloads.apply(made, "default", workloads.namespace(name))
    account = f"serviceaccount/default --namespace={name} --for=create --timeout=60s"
    made.kubectl("wait", *account.split())
    yield name
    made.kubectl("delete", "namespace", name, "--wait=false")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Export the state of the clusters that a failed test used, while it is still there."""
    report = yield
    if report.failed and report.when != "teardown":
        for used in item.funcargs.values():
            if isinstance(used, cluster.Cluster):
                directory = logs.export(used)
                report.sections.append(("cluster", f"its state is in {directory}"))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many cluster tests ran."""
    terminalreporter.write_line(f"{_ran(terminalreporter)} cluster tests ran")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a whole run in which tests were skipped or are missing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    assert isinstance(reporter, pytest.TerminalReporter)
    known = KNOWN_TESTS[machine.supply()]
    short = _ran(reporter) < known or bool(reporter.stats.get("skipped"))
    if session.config.getoption("--all") and short and session.exitstatus == 0:
        reporter.write_line(f"error: {known} cluster tests are known, none may be skipped")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _ran(reporter: pytest.TerminalReporter) -> int:
    return sum(len(reporter.stats.get(kind, ())) for kind in ("passed", "failed"))
