"""The cluster by hand: `python -m offline COMMAND`."""

import argparse
import sys
import time

from . import binaries, cache, cluster, component_images, engine, machine, node_image


def main() -> int:
    """Run one command; a failure is one sentence and exit code 1."""
    commands = {
        "up": up,
        "down": down,
        "environment": show_environment,
        "images": show_images,
        "prune": prune,
        "supply": cluster.supply,
    }
    parser = argparse.ArgumentParser(prog="offline", description="the cluster of the tests")
    parser.add_argument("command", choices=commands)
    parser.add_argument("cluster", nargs="?", default=cluster.NAME)
    arguments = parser.parse_args()
    try:
        commands[arguments.command](arguments.cluster)
    except machine.HarnessError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def up(name: str) -> None:
    """Make the cluster and say how to reach it."""
    started = time.monotonic()
    cluster.up(name)
    print(f"cluster {name} is up after {time.monotonic() - started:.0f} s")
    show_environment(name)


def down(name: str) -> None:
    """Remove the cluster and stop the engine if it is ours."""
    started = time.monotonic()
    cluster.down(name)
    if machine.supply() == "offline":
        engine.stop()
    print(f"cluster {name} is gone after {time.monotonic() - started:.0f} s")


def show_environment(name: str) -> None:
    """Print the variables that make a project's `make up` use this supply, for a shell's eval."""
    for variable, value in cluster.environment(name).items():
        print(f"export {variable}='{value}'")


def show_images(_: str) -> None:
    """Build what the offline supply needs and list what is cached."""
    if machine.supply() == "ordinary":
        print("images are pulled from upstream: nothing to build")
        return
    engine.start()
    node_image.ensure()
    for name in binaries.names():
        binaries.build(name)
    for component in component_images.catalogue():
        component_images.build(component)
    print(f"{'seconds':>8} {'CPU s':>8} {'MB':>8}  entry")
    for line in cache.listing():
        print(f"{line.seconds:8.1f} {line.cpu_seconds:8.1f} {line.megabytes:8.1f}  {line.name}")


def prune(name: str) -> None:
    """Remove the cluster, the engine's data and everything that was built."""
    if machine.supply() == "offline":
        down(name)
    cache.prune()
    print(f"removed what was built in {cache.directory()}")


if __name__ == "__main__":
    sys.exit(main())
