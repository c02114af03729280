"""A step follows its Job: why it waits, what it prints, how it ends."""

import json
import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NoReturn

from ..errors import ProjectError
from ..families import Resources
from ..project import project
from . import job, reasons
from .api import POLL_SECONDS, Api, Object

CORE, BATCH, KUEUE = "api/v1", "apis/batch/v1", "apis/kueue.x-k8s.io/v1beta2"
REFUSED = "error: "
LEVELS = ("error", "warning")  # that a plain line begins with


def run(program: str, priority: str, arguments: Mapping[str, Any], resources: Resources) -> None:
    """Put a program into the queue, wait for its end, and remove its Job.

    Raises:
        ProjectError: See `queues.run`.
    """
    api = Api()
    pod = api.get(CORE, f"pods/{os.environ['KFP_POD_NAME']}")
    if pod is None:
        raise ProjectError("This step has no pod any more: run the pipeline again.")
    if api.get(KUEUE, "workloads?limit=1") is None:
        raise ProjectError(
            "The cluster has no Kueue, so this training would never begin: run `make bootstrap`, "
            "or answer `queues` with false."
        )
    labels = {job.QUEUE: project().queue, job.PRIORITY: f"training-{priority}"}
    item = job.of_step(pod, program, arguments, resources, labels)
    with _removed(api, item["metadata"]["name"]):
        api.create(BATCH, "jobs", item)
        Follower(api, item["metadata"]["name"]).wait()


@contextmanager
def _removed(api: Api, name: str) -> Iterator[None]:
    """Remove a Job in the end, also when this process is asked to end."""
    before = signal.signal(signal.SIGTERM, _ended)
    try:
        yield
    finally:
        api.delete(BATCH, f"jobs/{name}")
        signal.signal(signal.SIGTERM, before)


def _ended(*_: Any) -> NoReturn:
    raise SystemExit(128 + signal.SIGTERM)


def said(line: str) -> str:
    """Return what a line of a log says, be it a record or plain text; the step adds its own."""
    try:
        record = json.loads(line)
        level, event = record["level"], str(record["event"])
    except (KeyError, TypeError, ValueError):
        return line
    return f"{level}: {event}" if level in LEVELS else event


class Follower:
    """What has been told of a Job so far."""

    def __init__(self, api: Api, name: str) -> None:
        self.api, self.name = api, name
        self.reason = self.error = ""
        self.read: dict[str, str] = {}  # until when the log of each pod is told

    def wait(self) -> None:
        """Tell of the Job until it has ended.

        Raises:
            ProjectError: It failed, it can never begin, or somebody has removed it.
        """
        while True:
            item = self.api.get(BATCH, f"jobs/{self.name}")
            if item is None:
                raise ProjectError(f"The Job {self.name} was removed from its queue: train again.")
            if item["spec"].get("suspend"):
                self._tell_why(item["metadata"]["uid"])
            else:
                self._tell_logs()
            for condition in item.get("status", {}).get("conditions", []):
                if condition["status"] == "True" and condition["type"] == "Complete":
                    return
                if condition["status"] == "True" and condition["type"] == "Failed":
                    raise ProjectError(self.error or f"The Job failed: {condition['message']}.")
            time.sleep(POLL_SECONDS)

    def _tell_why(self, uid: str) -> None:
        selector = f"workloads?labelSelector=kueue.x-k8s.io/job-uid={uid}"
        for workload in self._listed(KUEUE, selector):
            if never := reasons.never(workload):
                raise ProjectError(
                    f"This training would wait for ever: {never}. Ask for less in model.py, or "
                    "raise `queues` in the cluster's values.yaml."
                )
            reason = reasons.why(workload)
            if reason != self.reason:
                print(f"waits in {workload['spec']['queueName']}: {reason}", flush=True)
                self.reason = reason

    def _tell_logs(self) -> None:
        """Tell what pods print, until each that runs has ended."""
        for pod in self._listed(
            CORE, f"pods?labelSelector=batch.kubernetes.io/job-name={self.name}"
        ):
            name, phase = pod["metadata"]["name"], pod["status"]["phase"]
            since = self.read.get(name, "")
            if phase == "Pending" or since == "end":
                continue
            words = "container=main&follow=true" + (f"&sinceTime={since}" if since else "")
            for line in map(said, self.api.lines(f"pods/{name}/log?{words}")):
                print(line, flush=True)
                if line.startswith(REFUSED):
                    self.error = line.removeprefix(REFUSED)
            now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            self.read[name] = now if phase == "Running" else "end"

    def _listed(self, group: str, path: str) -> list[Object]:
        found: list[Object] = (self.api.get(group, path) or {}).get("items", [])
        return found
