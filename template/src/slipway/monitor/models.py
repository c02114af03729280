"""The models that answered, as the registry knows them; each is fetched once."""

import tempfile
from pathlib import Path

from .. import bundle, registry, tasks
from ..contract.captured import Answerer
from ..contract.inputs import InputSpec
from ..contract.manifest import Manifest
from ..errors import ProjectError


class Models:
    """What is known of the models that answered; of one of another task only its name."""

    def __init__(self, task: tasks.Task) -> None:
        self._task = task
        self._known: dict[Answerer, tuple[Answerer, Manifest | None]] = {}

    def known(self, answerer: Answerer) -> tuple[Answerer, Manifest | None]:
        """Return what answered with its manifest's digest, and that manifest if it is known.

        A row that does not say which manifest counts to the newest of its model.
        """
        if answerer not in self._known:
            try:
                version, manifest = served(answerer)
                full = Answerer(answerer.model, version.manifest_digest)
                self._known[answerer] = full, manifest if self._fits(manifest) else None
            except ProjectError:  # whose model is watched is asked again, and the error told
                self._known[answerer] = answerer, None
        return self._known[answerer]

    def inputs(self, answerer: Answerer) -> list[InputSpec]:
        """Return the inputs of a model, none of one that is not known."""
        _, manifest = self.known(answerer)
        return manifest.inputs if manifest else []

    def _fits(self, manifest: Manifest) -> bool:
        return tasks.predicts(manifest.task, self._task)


def served(answerer: Answerer) -> tuple[registry.Version, Manifest]:
    """Return the version that answered, and its manifest.

    Raises:
        ProjectError: The registry does not know it, or cannot be asked.
    """
    version = registry.answered(answerer.model, answerer.manifest)
    with tempfile.TemporaryDirectory() as directory:
        fetched = registry.fetch(
            version.number, Path(directory) / "bundle", answerer.model, version.manifest_digest
        )
        return version, bundle.read_manifest(fetched)
