"""A bad release never reaches a client: the proof fails, the version before it answers on."""

import time
from collections.abc import Callable

import pytest

from tests.e2e import delivery
from tests.e2e.delivery import Client, Delivered, Measured
from tests.e2e.harness import cluster, engine

RATE = 50
SERVER = "if __import__('sys').orig_argv[-1].endswith('.serve'):\n"
PATCH = """    from {package}.bundle import Model
    import time
    original = Model.predict
    Model.predict = lambda self, columns: {expression}
"""
DEFECTS = {
    "crash": SERVER + "    __import__('os')._exit(1)\n",
    "slow": SERVER + PATCH.replace("{expression}", "time.sleep(0.4) or original(self, columns)"),
    "wrong": SERVER + PATCH.replace("{expression}", "1 - original(self, columns)"),
}


def break_image(project: Delivered, image: str, defect: str) -> str:
    """Build and load the serving image with a defect in the server alone; return its name."""
    name = f"{image.rpartition(':')[0]}:{defect}-1"
    code = DEFECTS[defect].replace("{package}", project.name.replace("-", "_"))
    lines = "".join(f"{line}\\n" for line in code.splitlines()).replace("'", "'\\''")
    recipe = f"FROM {image}\nRUN printf '{lines}' > /app/src/sitecustomize.py\n"
    root = f"FROM {image}\nUSER 0\n{recipe.partition(chr(10))[2]}USER 10001\n"
    engine.docker("build", "--quiet", "--tag", name, "-", stdin=root)
    cluster.kind("load", "docker-image", "--quiet", "--name", project.made.name, name)
    return name


def aborted(project: Delivered, revision: str) -> Callable[[], bool]:
    """Return the condition that Argo Rollouts has given up a release of prod."""

    def condition() -> bool:
        status = project.get("rollouts.argoproj.io", "prod", "serving")["status"]
        return status.get("abort") is True and revision == _synced(project)

    return condition


def _synced(project: Delivered) -> str:
    name = f"{project.name}-prod"
    (found,) = [a for a in project.applications() if a["metadata"]["name"] == name]
    return str(found["status"]["sync"].get("revision"))


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_bad_image_takes_itself_back(
    defect: str, released: Delivered, measured: Measured
) -> None:
    before = released.release("prod")
    image = break_image(released, before["serve-image"], defect)
    client = Client(released, "prod", RATE, 180 if defect == "crash" else 90)
    started = time.monotonic()
    commit = released.change_release("prod", serve_image=image)
    delivery.wait(aborted(released, commit), 240, released.status)
    took = time.monotonic() - started
    assert "Degraded" in released.status()
    load = client.result()
    assert not load.failures
    assert {answer.split()[0] for answer in load.answers} == {before["model-digest"][:12]}
    assert len(load.answers) == 1, load.answers  # one request, one right answer
    assert load.asked >= 3000
    released.git("revert", "--no-edit", commit)
    released.push()
    back = released.settle(300)
    measured(f"bad release ({defect}) given up", took, load)
    measured(f"bad release ({defect}) reverted, from push to Healthy", back)


def test_a_release_with_a_wrong_digest_never_serves(
    released: Delivered, measured: Measured
) -> None:
    before = released.release("prod")
    client = Client(released, "prod", RATE, 180)
    started = time.monotonic()
    commit = released.change_release("prod", model_digest="0" * 64)
    delivery.wait(aborted(released, commit), 240, released.status)
    took = time.monotonic() - started
    load = client.result()
    measured("bad release (wrong digest) given up", took, load)
    assert not load.failures
    assert {answer.split()[0] for answer in load.answers} == {before["model-digest"][:12]}
    released.git("revert", "--no-edit", commit)
    released.push()
    released.settle(300)
