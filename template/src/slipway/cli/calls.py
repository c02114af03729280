"""What each command calls; imports are local so that each command starts fast."""

from argparse import Namespace


def adopt(asked: Namespace) -> None:
    """Write source, schema, features, objectives and data dictionary for a table."""
    from .. import adopt

    adopt.main(
        adopt.Request(
            file=asked.file,
            time=asked.time,
            outcome=asked.outcome,
            label_delay=asked.label_delay,
            key=asked.key,
            event=asked.event,
            task=asked.task,
            replace=asked.replace,
        )
    )


def demo(_: Namespace) -> None:
    """Play the months."""
    from ..demo import play

    play.main()


def train(asked: Namespace) -> None:
    """Train here or in Kubeflow, by default on all that is known at the end of the data."""
    from ..project import source
    from ..training import cluster, local

    day = asked.as_of or source().available()[1]
    (cluster if asked.submit else local).run(day)


def gate(asked: Namespace) -> None:
    """Judge the candidate."""
    from .. import gate

    gate.main(asked.result)


def promote(asked: Namespace) -> None:
    """Release; a proposal waits for a review."""
    from .. import release
    from ..project import project

    release.promote(
        asked.to,
        asked.reason,
        asked.propose or (asked.propose_last and asked.to == project().last),
    )


def rollback(asked: Namespace) -> None:
    """Take a release back."""
    from .. import release

    release.rollback(asked.env)


def serve(asked: Namespace) -> None:
    """Become the model server."""
    from .. import release

    release.serve(asked.env, asked.port)


def replay(asked: Namespace) -> None:
    """Send a month."""
    from ..demo import replay
    from ..project import project

    replay.main(asked.month, asked.env or project().first, asked.url)


def service_address(asked: Namespace) -> list[str]:
    """Name the service of an environment inside a cluster."""
    from ..project import project

    environment = asked.env or project().first
    return ["--url", f"http://serving.{project().name}-{environment}:80"]


def monitor(asked: Namespace) -> None:
    """Watch a month."""
    from .. import memory

    memory.give_back()
    from ..monitor import run
    from ..project import project

    run.main(asked.month, asked.env or project().last, asked.as_of, asked.result)


def model_card(asked: Namespace) -> None:
    """Write the model card."""
    from .. import card

    card.main(asked.env)


def lineage(asked: Namespace) -> None:
    """Print the walk."""
    from .. import lineage

    lineage.main(asked.env, asked.cluster)


def data_dictionary(_: Namespace) -> None:
    """Write the data dictionary."""
    from .. import schema
    from ..files import write_bytes
    from ..settings import settings

    text = schema.data_dictionary()
    write_bytes(settings().project_root / schema.DICTIONARY, text.encode())
    print(f"{schema.DICTIONARY} says what the schema says.")


def rules(_: Namespace) -> None:
    """Write what Prometheus reads."""
    from .. import rules

    rules.main()


def compile_pipeline(asked: Namespace) -> None:
    """Write the manifests."""
    from ..training import manifests

    for path in manifests.write(asked.output):
        print(path)


def images(asked: Namespace) -> None:
    """Print the names of the images."""
    from ..release import image

    image.main(asked.result)


def up(asked: Namespace) -> None:
    """Bring everything into the local cluster."""
    from ..clusters import deliver

    deliver.deliver(asked.cluster)


def status(asked: Namespace) -> None:
    """Print the table of applications."""
    from ..clusters import commands, runs, status, target

    commands.choose(target.named(asked.cluster))
    print(status.table())
    for line in runs.failed():
        print(line)


def readiness(asked: Namespace) -> None:
    """Print what is missing."""
    from ..clusters import readiness

    readiness.main(asked.cluster)


def bootstrap(asked: Namespace) -> None:
    """Apply what a cluster has once."""
    from ..clusters import bootstrap

    bootstrap.main(asked.cluster)


def manifests(asked: Namespace) -> None:
    """Write what Argo CD applies."""
    from ..clusters import build, values

    for cluster in values.meant(asked.cluster):
        for path in build.write(cluster):
            print(path)


def cluster(asked: Namespace) -> None:
    """Add a cluster."""
    from ..clusters import add

    add.cluster(asked.name)


def environment(asked: Namespace) -> None:
    """Add an environment."""
    from ..clusters import add

    add.environment(asked.name, asked.after)
