"""One more environment is one command: releases pass through it, and it serves."""

from tests.e2e.kit.clients import Client
from tests.e2e.kit.delivery import Delivered


def test_a_new_environment_is_released_to_on_the_way_and_serves(released: Delivered) -> None:
    released.git("pull", "--quiet", "--rebase", "kind", "main")
    released.make("environment", "NAME=qa", "AFTER=dev")
    released.commit("feat: an environment between dev and staging")
    released.up()  # its namespace and Secrets
    released.make("promote", "TO=qa")
    released.push()
    released.settle(300)
    client = Client(released, "qa")
    client.meets(released.release("dev")["model-digest"])
    load = client.result()
    assert (load.failures, load.asked >= 500) == ({}, True)
    released.make("promote", "TO=staging")
    assert released.release("staging")["model-digest"] == released.release("qa")["model-digest"]
