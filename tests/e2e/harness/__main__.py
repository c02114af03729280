"""Command line of the harness: `PYTHONPATH=tests/e2e python -m harness up|down|images|prune`."""

import argparse
import shutil
import sys
import time

from . import binaries, cache, cluster, engine, images, machine, node_image


def main() -> int:
    """Run one command; a failure is one sentence and exit code 1."""
    commands = {"up": up, "down": down, "images": show_images, "prune": prune}
    parser = argparse.ArgumentParser(prog="harness", description="the cluster of the tests")
    parser.add_argument("command", choices=commands)
    try:
        commands[parser.parse_args().command]()
    except machine.HarnessError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def up() -> None:
    """Make the cluster and say how to reach it."""
    started = time.monotonic()
    made = cluster.up()
    print(f"cluster {made.name} is up after {time.monotonic() - started:.0f} s")
    print(f"export KUBECONFIG={made.kubeconfig}")
    for name, value in engine.environment().items():
        print(f"export {name}={value}")


def down() -> None:
    """Remove the cluster and stop the engine if it is ours."""
    started = time.monotonic()
    cluster.down()
    if machine.supply() == "offline":
        engine.stop()
    print(f"cluster {cluster.NAME} is gone after {time.monotonic() - started:.0f} s")


def show_images() -> None:
    """Build what the offline supply needs and list what is cached."""
    if machine.supply() == "ordinary":
        print("images are pulled from upstream: nothing to build")
        return
    engine.start()
    node_image.ensure()
    for name in binaries.names():
        binaries.build(name)
    for component in images.catalogue():
        images.build(component)
    for line in cache.listing():
        print(f"{line.seconds:8.1f} s {line.megabytes:8.1f} MB  {line.name}")


def prune() -> None:
    """Remove the cluster, the engine's data and everything that was built."""
    if machine.supply() == "offline":
        down()
    shutil.rmtree(cache.directory())
    print(f"removed {cache.directory()}")


if __name__ == "__main__":
    sys.exit(main())
