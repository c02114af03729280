"""What goes wrong on a game day, and what a person does who knows it by then."""

import base64
import json

import yaml

from tests.e2e.kit import broken_images, waiting
from tests.e2e.kit.clients import ROW, Client
from tests.e2e.kit.delivery import Delivered
from tests.e2e.kit.workflows import end, start
from tests.e2e.kit.workloads import PROGRAMS

SLOW, FAILING, LAST = "dev", "staging", "prod"
POOR, GOOD = "2013-09", "2013-07"  # months for the model of April
SERVING = "--selector=app.kubernetes.io/name=serving"
REGISTRY = ("registry-reader", "password")
CAPTURES = ("capture-writer", "AWS_SECRET_ACCESS_KEY")


def broken_release(project: Delivered, environment: str, defect: str, rate: float) -> None:
    """Release a serving image whose defect shows after its proof, to a client that asks."""
    image = project.release(environment)["serve-image"]
    broken = broken_images.build(image, defect)
    broken_images.load(project.made, broken)
    project.edit_release(environment, serve_image=broken)
    project.commit(f"release({environment}): a faster server")
    Client(project, environment, rate=rate, least=1, name="game-day")


def wrong_password(project: Delivered, environment: str, secret: str, key: str) -> None:
    """Write what nobody knows into a Secret, and let the pods start with it."""
    _write(project, environment, secret, key, "nobody knows")
    restart(project, environment)


def right_password(project: Delivered, environment: str, secret: str, key: str) -> None:
    """Write what another environment's Secret has, and let the pods start with it."""
    data = project.get("secret", SLOW, secret)["data"]
    _write(project, environment, secret, key, base64.b64decode(data[key]).decode())
    restart(project, environment)


def _write(project: Delivered, environment: str, secret: str, key: str, value: str) -> None:
    patch = json.dumps({"stringData": {key: value}})
    where = ("-n", project.namespace(environment))
    project.kubectl(*where, "patch", "secret", secret, "--type=merge", f"--patch={patch}")


def restart(project: Delivered, environment: str) -> None:
    """Take the pods that serve away; others come."""
    where = ("-n", project.namespace(environment))
    project.kubectl(*where, "delete", "pods", SERVING, "--wait=false")


def lost(project: Delivered) -> None:
    """Ask for more rows than a server keeps while the store of captures refuses them."""
    wrong_password(project, LAST, *CAPTURES)
    program = (PROGRAMS / "flood.py").read_text("utf-8")
    where = ("-n", project.namespace(LAST))
    name = waiting.until(lambda: _ready(project), 120, "no pod has come back")
    command = ("exec", name, "--container=server", "--", "python", "-c", program, json.dumps(ROW))
    project.kubectl(*where, *command)


def _ready(project: Delivered) -> str:
    """Name a pod that answers and stays."""
    for pod in project.get("pods", LAST):
        states = pod["status"].get("containerStatuses", [])
        stays = "deletionTimestamp" not in pod["metadata"]
        if stays and states and all(state["ready"] for state in states):
            return str(pod["metadata"]["name"])
    return ""


def failed_training(project: Delivered) -> None:
    """Train on days of which there are no data."""
    end(project, start(project, "train", as_of="2012-01-01"))


def refused_challengers(project: Delivered) -> None:
    """Train three models of nearly the same days as the champion; the gate wants a better one."""
    for day in ("2013-04-02", "2013-04-03", "2013-04-04"):
        project.train(day)
        project.make("gate")
    watch(project, POOR)


def passing_challenger(project: Delivered) -> None:
    """Let the owner decide that a model may pass which is no worse and knows later days."""
    edit(project, {"objectives.yaml": {"newer: false": "newer: true"}}, "feat: newer is enough")
    project.train("2013-12-20")
    project.make("gate")
    watch(project, GOOD)
    revert(project, "newer is enough")


def watch(project: Delivered, month: str) -> None:
    """Let the monitor look at a month in the cluster."""
    assert end(project, start(project, "watch", month=month))["status"]["phase"] == "Succeeded"


def edit(
    project: Delivered, changes: dict[str, dict[str, str]], message: str, then: str = "true"
) -> None:
    """Replace words of files by a commit, each of which must be there; `then` runs before it."""
    for path, words in changes.items():
        file = project.path / path
        text = file.read_text("utf-8")
        for old, new in words.items():
            assert old in text, f"{path} has no {old}"
            text = text.replace(old, new)
        file.write_text(text, "utf-8")
    project.run(*then.split())
    project.commit(message)


def suspended(project: Delivered) -> None:
    """Let Git say that nobody watches, as somebody might to save money."""
    path = "components/workflows/cronworkflow.yaml"
    edit(project, {path: {"\nspec:\n": "\nspec:\n  suspend: true\n"}}, "chore: nobody watches")


def no_controller(project: Delivered) -> None:
    """Let Git say that there is no workflow controller, as somebody might to save money."""
    path = project.path / "components/argo-workflows/controller.yaml"
    document = yaml.safe_load(path.read_text("utf-8"))
    document["spec"]["replicas"] = 0
    path.write_text(yaml.safe_dump(document), "utf-8")
    project.commit("chore: no controller at night")


def revert(project: Delivered, subject: str) -> None:
    """Take the newest commit with a subject back."""
    commit = project.git("log", "-1", "--format=%h", f"--grep={subject}")
    project.git("revert", "--no-edit", commit)
    project.push()


def scale_prometheus(project: Delivered, replicas: int) -> None:
    """Let Prometheus go or come back; Git names no number, so Argo CD does not mind."""
    where = ("-n", project.namespace("monitoring"))
    project.kubectl(*where, "scale", "deployment/prometheus", f"--replicas={replicas}")


def too_old(project: Delivered) -> None:
    """Let the owner limit the age of the data to months; those of the example are of 2013."""
    edit(
        project,
        {"objectives.yaml": {"# data_age_days_maximum": "data_age_days_maximum"}},
        "feat: newer data",
        "make rules",
    )
