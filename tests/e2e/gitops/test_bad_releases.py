"""A bad release never reaches a client: the proof fails, the version before it answers on."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
import yaml

from tests.e2e.kit import broken_images, waiting
from tests.e2e.kit.clients import Client, Load
from tests.e2e.kit.delivery import Delivered, Measured

LEAST = 3000
DEADLINE = 60  # seconds, half of what projects wait
PLACES = {"crash": "dev", "slow": "staging", "wrong": "prod"}  # each a defect


def hurry(project: Delivered, environment: str) -> None:
    """Let a release be given up when it gets nowhere for DEADLINE; its revert takes this back."""
    deadline = [{"op": "replace", "path": "/spec/progressDeadlineSeconds", "value": DEADLINE}]
    patch = {"patch": json.dumps(deadline), "target": {"kind": "Rollout", "name": "serving"}}
    path = project.path / f"environments/{environment}/kustomization.yaml"
    document = yaml.safe_load(path.read_text("utf-8"))
    path.write_text(yaml.safe_dump(document | {"patches": [patch]}), "utf-8")


@dataclass(frozen=True)
class Outcome:
    """What clients saw of a release that was given up after some seconds."""

    digest: str  # of the model before it
    seconds: float
    load: Load


def given_up(project: Delivered, environment: str, revision: str) -> Callable[[], bool]:
    """Return the condition that Argo Rollouts has given up the release of a commit."""
    name = f"{project.name}-{environment}"

    def condition() -> bool:
        status = project.get("rollouts.argoproj.io", environment, "serving")["status"]
        (found,) = [a for a in project.applications() if a["metadata"]["name"] == name]
        return status.get("abort") is True and found["status"]["sync"].get("revision") == revision

    return condition


def outcome(project: Delivered, environment: str, client: Client, revision: str) -> Outcome:
    """Wait until a release is given up, and ask for what its client saw."""
    before = project.git("show", f"{revision}~:environments/{environment}/release.yaml")
    digest = yaml.safe_load(before)["data"]["model-digest"]
    started = time.monotonic()
    waiting.until(given_up(project, environment, revision), 240, project.status)
    return Outcome(digest, time.monotonic() - started, client.result())


@pytest.fixture(scope="module")
def outcomes(released: Delivered, measured: Measured) -> dict[str, Outcome]:
    """Release each defect, all at once, and leave them given up."""
    images = {
        defect: broken_images.build(released.release(environment)["serve-image"], defect)
        for defect, environment in PLACES.items()
    }
    broken_images.load(released.made, *images.values())
    clients = {}
    for defect, environment in PLACES.items():
        clients[defect] = Client(released, environment, least=LEAST)
        released.edit_release(environment, serve_image=images[defect])
    hurry(released, PLACES["crash"])  # the proof ends the others
    commit = released.commit("release: three defects")

    def found(defect: str) -> Outcome:
        return outcome(released, PLACES[defect], clients[defect], commit)

    with ThreadPoolExecutor() as pool:
        ended = dict(zip(PLACES, pool.map(found, PLACES), strict=True))
    for defect, one in ended.items():
        measured(f"bad release ({defect}) given up", one.seconds, one.load)
    return ended


@pytest.mark.parametrize("defect", PLACES)
def test_nobody_meets_a_bad_image(defect: str, outcomes: dict[str, Outcome]) -> None:
    one = outcomes[defect]
    assert not one.load.failures
    assert len(one.load.answers) == 1, one.load.answers  # one request, one right answer
    assert {answer.split()[0] for answer in one.load.answers} == {one.digest[:12]}
    assert one.load.asked >= LEAST


def test_what_was_given_up_is_visible_until_it_is_reverted(
    released: Delivered, outcomes: dict[str, Outcome], measured: Measured
) -> None:
    assert released.status().count("Degraded") == len(PLACES)
    released.git("revert", "--no-edit", "HEAD")
    released.push()
    measured("three bad releases reverted, from push to Healthy", released.settle(300))
    assert "Degraded" not in released.status()


def test_a_release_with_a_wrong_digest_never_serves(
    released: Delivered, measured: Measured
) -> None:
    client = Client(released, "prod", least=LEAST)
    released.edit_release("prod", model_digest="0" * 64)
    hurry(released, "prod")
    commit = released.commit("release(prod): a digest that no model has")
    one = outcome(released, "prod", client, commit)
    measured("bad release (wrong digest) given up", one.seconds, one.load)
    assert not one.load.failures
    assert {answer.split()[0] for answer in one.load.answers} == {one.digest[:12]}
    released.git("revert", "--no-edit", commit)
    released.push()
    released.settle(300)
