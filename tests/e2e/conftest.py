"""One cluster for the run; a failed test exports its state."""

import os
import time
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from offline import cluster, engine, machine
from tests.e2e.kit import compose, delivery, logs, order, pods, projects, workloads
from tests.e2e.kit.clients import Load
from tests.e2e.kit.delivery import Delivered

NODES = Path(__file__).with_name("two-nodes.yaml")
HEADER = f"{'measured':<60} {'seconds':>8} {'requests':>9} {'failed':>7}"
MEASURED = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make` choose a part and have all of it."""
    parser.addoption(
        "--part",
        choices=order.PARTS,
        help="run all, what every change runs, or a directory; no test may be missing",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Stop with one sentence on a machine that neither supply fits."""
    config.stash[MEASURED] = []
    try:
        machine.supply()
    except machine.HarnessError as error:
        pytest.exit(f"error: {error}", returncode=1)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the tests of images that this machine would only pull, and of another part."""
    name = order.name_of(collection_path)
    part = config.getoption("--part") or "all"
    return True if name in order.ORDER and name not in order.files(part) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the files in their order."""
    items.sort(key=lambda item: order.place(item.path))


@pytest.fixture(scope="session")
def measured(pytestconfig: pytest.Config) -> delivery.Measured:
    """Return a function that adds a line to the table at the end of the run."""

    def note(what: str, seconds: float, load: Load | None = None) -> None:
        counts = f"{load.asked:>9,} {sum(load.failures.values()):>7,}" if load else ""
        pytestconfig.stash[MEASURED].append(f"{what:<60} {seconds:>8.1f} {counts}".rstrip())

    return note


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


@pytest.fixture(scope="session", autouse=True)
def drafted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Future[Delivered] | None]:
    """Render the project of the tests, and install its tools while the cluster is tested."""
    with ThreadPoolExecutor() as pool:
        if any("released" in getattr(item, "fixturenames", ()) for item in request.session.items):
            directory = tmp_path_factory.mktemp("delivered") / "flight-delays"
            project = projects.render(directory, request.getfixturevalue("made"))
            yield pool.submit(projects.set_up, project)
        else:
            yield None


@pytest.fixture(scope="session")
def coming(drafted: Future[Delivered] | None) -> Iterator[Future[projects.Arrival] | None]:
    """Deliver the project while tests that do not mind go on in the cluster."""
    with ThreadPoolExecutor() as pool:
        yield pool.submit(projects.deliver, drafted) if drafted else None


@pytest.fixture(scope="session")
def released(coming: Future[projects.Arrival], measured: delivery.Measured) -> Delivered:
    """Return a project that runs its first model in every environment."""
    project, printed, seconds = coming.result()
    print(printed)
    measured("make up, the cluster being there, beside tests", seconds)
    started = time.monotonic()
    projects.release_everywhere(project)
    measured("from make up to the first model in prod", seconds + time.monotonic() - started)
    started = time.monotonic()
    project.up()
    measured("make up again", time.monotonic() - started)
    return project


@pytest.fixture(scope="session")
def training(released: Delivered, measured: delivery.Measured) -> pods.Training:
    """Train one model in the cluster."""
    return pods.train(released, measured)


@pytest.fixture(scope="session")
def arriving(
    released: Delivered, made: cluster.Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Future[Delivered]]:
    """Deliver a project of another task into the cluster of the first one, which goes its way."""
    directory = tmp_path_factory.mktemp("second") / "late-trains"
    answers = {"project_name": "late-trains", "package_name": "late_trains", "task": "regression"}
    project = projects.render(directory, made, **answers)
    with ThreadPoolExecutor() as pool:
        yield pool.submit(projects.bring, project)


@pytest.fixture(scope="session")
def second(arriving: Future[Delivered]) -> Delivered:
    """Return the project of another task once it runs; it has released nothing."""
    return arriving.result()


@pytest.fixture(scope="session")
def containers(
    made: cluster.Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Future[Delivered]]:
    """Train a project of one machine in an image of its own, beside tests that do not mind."""
    directory = tmp_path_factory.mktemp("alone") / "one-machine"
    answers = {"project_name": "one-machine", "package_name": "one_machine", "profile": "minimal"}
    project = projects.render(directory, made, **answers)
    with ThreadPoolExecutor() as pool:
        yield pool.submit(compose.prepare, project)


@pytest.fixture
def namespace(made: cluster.Cluster) -> Iterator[str]:
    """Make a namespace for one test, ready to take pods."""
    with workloads.own_namespace(made) as name:
        yield name


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
    """Say how many cluster tests ran, and what they measured."""
    if lines := terminalreporter.config.stash[MEASURED]:
        terminalreporter.write_line(HEADER)
        for line in lines:
            terminalreporter.write_line(line)
    terminalreporter.write_line(f"{len(_ran(terminalreporter))} cluster tests ran")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a part that passed, but in which tests were skipped or are missing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    assert isinstance(reporter, pytest.TerminalReporter)
    part = session.config.getoption("--part")
    if not part or session.exitstatus or session.config.getoption("collectonly"):
        return
    problems = [f"{report.nodeid} was skipped" for report in reporter.stats.get("skipped", ())]
    problems += [f"{node} did not run" for node in order.missing(part, _ran(reporter))]
    for problem in problems:
        reporter.write_line(f"error: {problem}")
    if problems:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _ran(reporter: pytest.TerminalReporter) -> list[str]:
    reports = (report for kind in ("passed", "failed") for report in reporter.stats.get(kind, ()))
    return [report.nodeid for report in reports if report.when == "call"]
