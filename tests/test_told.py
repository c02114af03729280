"""Alerts reach a person: real Prometheus and Alertmanager, made-up metrics, a webhook that counts.

Time is scaled, see tests/kit/alerting.py: a second here is about half a minute in a cluster. Each
alert has an environment of its own, so that none inhibits another.
"""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.kit import waiting
from tests.kit import alerting
from tests.kit.answering import Controller, Person, Service, listening
from tests.kit.project import Project, Renderer

Count = Callable[[str, int, int], None]

BEAT = 4  # seconds without a heartbeat after which somebody outside would call
BREAKS: dict[tuple[str, str], dict[str, Any]] = {  # alert and environment: what makes it fire
    ("ServingErrorBudgetBurnsFast", "failing"): {"failing": 1},
    ("ServingErrorBudgetBurnsSlowly", "trickling"): {"failing": 0.06},
    ("ServingSlow", "slow"): {"slow": 0.5},
    ("ServingAbsent", "absent"): {"away": True},
    ("PredictionsLost", "losing"): {"losing": 5},
    ("MonitorStale", "prod"): {"watched_days_ago": 3},
    ("ModelDataOld", "aged"): {"trained_days_ago": 99},
    ("ModelOld", "prod"): {"registered_days_ago": 400},
    ("ModelBelowObjective", "prod"): {"quality": 0.5},
    ("TrainingFailed", ""): {"failed": 1},
    ("ChallengersRefused", ""): {"refusals": 3},
    ("WorkflowsAbsent", ""): {"away": True},
}
LAST = ("WorkflowsAbsent", "")  # inhibits MonitorStale, so it comes after the others


@dataclass
class Stage:
    """What runs, and who is told."""

    project: Path
    directory: Path
    person: Person = field(default_factory=Person)
    controller: Controller = field(default_factory=Controller)
    services: dict[str, Service] = field(default_factory=dict)
    prometheus: subprocess.Popen[bytes] | None = None
    sender: int = 0
    stack: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        """Start a person's webhook, Alertmanager and Prometheus, one after the other."""
        names = [*(env for _, env in BREAKS if env not in ("", "prod")), "broken", "quiet"]
        self.services = {name: Service() for name in names}
        answers = {"workflows": self.controller, **self.services}
        port = self.stack.enter_context(listening(answers, self.person))
        secrets = self.directory / "secrets"
        secrets.mkdir()
        for key, path in (("webhook-url", "owner"), ("heartbeat-url", "heartbeat")):
            (secrets / key).write_text(f"http://127.0.0.1:{port}/{path}")
        self.sender = self.send(alerting.receivers(self.project, secrets))
        self.scrape(port, self.sender)

    def send(self, settings: dict[str, Any]) -> int:
        """Start Alertmanager and return its port."""
        port = alerting.free_port()
        file = self.directory / "alertmanager.yaml"
        file.write_text(yaml.safe_dump(settings))
        command = [alerting.alertmanager(), f"--config.file={file}", "--cluster.listen-address="]
        command += [f"--web.listen-address=127.0.0.1:{port}"]
        command += [f"--storage.path={self.directory / 'silences'}"]
        log = self.directory / "alertmanager.log"
        self.stack.enter_context(alerting.running(command, port, log))
        return port

    def scrape(self, port: int, sender: int) -> None:
        """Start Prometheus."""
        own, rules = alerting.free_port(), self.directory / "rules"
        alerting.rules(self.project, rules)
        services = [job("serving", port, env, {"environment": env}) for env in self.services]
        for one in services:
            one["job_name"] = f"serving {one['job_name']}"
        jobs = {"serving": services, "workflows": [job("workflows", port, "workflows", {})]}
        jobs["alertmanager"] = [job("alertmanager", sender, "", {})]
        file = self.directory / "prometheus.yaml"
        file.write_text(alerting.scraped(self.project, rules, sender, jobs))
        command = ["prometheus", f"--config.file={file}", "--rules.alert.resend-delay=1s"]
        command += [f"--web.listen-address=127.0.0.1:{own}"]
        command += [f"--storage.tsdb.path={self.directory / 'data'}"]
        log = self.directory / "prometheus.log"
        self.prometheus = self.stack.enter_context(alerting.running(command, own, log))


def job(name: str, port: int, path: str, labels: dict[str, str]) -> dict[str, Any]:
    """Return a scrape of /<path>/metrics, as the job that the rules know."""
    static = {"targets": [f"127.0.0.1:{port}"], "labels": {"job": name, **labels}}
    where = f"/{path}/metrics" if path else "/metrics"
    return {"job_name": path or name, "metrics_path": where, "static_configs": [static]}


def staged(render: Renderer, directory: Path) -> Stage:
    """Return a project whose alerts go to a webhook."""
    return Stage(render({"alerts": "webhook"}).path, directory)


@pytest.fixture(scope="module")
def stage(render: Renderer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = staged(render, tmp_path_factory.mktemp("told"))
    with made.stack:
        made.start()
        yield made


def alerts_of(project: Project) -> set[str]:
    """Return the names of all alerts of a project."""
    paths = project.path.glob("components/**/monitoring/alerts.yaml")
    own = project.path / "components/monitoring/alerts.yaml"
    groups = [group for p in {*paths, own} for group in yaml.safe_load(p.read_text())["groups"]]
    return {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}


def test_there_is_a_case_for_every_alert(standard: Project) -> None:
    assert {name for name, _ in BREAKS} | {"Watchdog"} == alerts_of(standard)


def test_a_quiet_service_tells_nobody_of_anything_but_the_heartbeat(stage: Stage) -> None:
    assert stage.person.wait(lambda: len(stage.person.beats) >= 6, 60)
    assert stage.person.told == []


def test_every_alert_reaches_a_person(
    stage: Stage, count: Count, capsys: pytest.CaptureFixture[str]
) -> None:
    person, started = stage.person, time.monotonic()
    begun = dict.fromkeys(BREAKS, started)
    for case, change in BREAKS.items():
        if case != LAST:
            target: Any = stage.services.get(case[1], stage.controller)
            vars(target).update(change)
    rest = BREAKS.keys() - {LAST}
    assert person.wait(lambda: rest <= person.firing().keys(), 150), rest - person.firing().keys()
    begun[LAST] = time.monotonic()
    stage.controller.away = True
    assert person.wait(lambda: LAST in person.firing(), 60)
    seconds = {case: person.firing()[case] - begun[case] for case in BREAKS}
    with capsys.disabled():
        print("\nseconds until somebody is told, of which one is half a minute in a cluster")
        for (name, environment), after in sorted(seconds.items(), key=lambda item: item[1]):
            print(f"{after:8.1f}  {name} {environment}")
    count("alerts that reached a person", len(seconds), 12)
    assert person.firing().keys() - BREAKS.keys() == set()


def test_whoever_is_told_knows_whose_it_is_and_where_to_look(stage: Stage) -> None:
    sent = [alert for _, message in stage.person.told for alert in message["alerts"]]
    assert sent
    for alert in sent:
        assert alert["labels"]["owner"] == "Flight Operations"
        assert "grafana" not in alert["labels"]
        runbook = alert["annotations"]["runbook_url"].partition("/blob/main/")[2]
        assert (stage.project / runbook).is_file()
        link = alert["annotations"]["dashboard_url"]
        assert link.startswith("https://grafana.example.com/d/flight-delays-")


def break_release(stage: Stage) -> None:
    """Let a release fail and be slow, and, once somebody knows, have no pod that answers."""
    person, service = stage.person, stage.services["broken"]
    service.failing, service.slow = 1, 1
    assert person.wait(lambda: bool(person.pages("broken")), 60)
    slow = ("ServingSlow", "broken")
    waiting.until(lambda: slow in alerting.known(stage.sender), 90, "it is not known as slow")
    service.away = True
    assert person.wait(lambda: ("ServingAbsent", "broken") in person.firing(), 60)


def told(stage: Stage) -> list[list[str]]:
    """Return which alerts each message about the broken release told somebody at night."""
    messages = stage.person.pages("broken")
    return [[alert["labels"]["alertname"] for alert in sent["alerts"]] for sent in messages]


def test_a_broken_release_is_one_page_which_is_told_again_when_it_gets_worse(stage: Stage) -> None:
    break_release(stage)
    assert told(stage) == [["ServingErrorBudgetBurnsFast"], ["ServingAbsent"]]
    assert len({message["groupKey"] for message in stage.person.pages("broken")}) == 1
    others = {name for name, environment in stage.person.firing() if environment == "broken"}
    assert others == {"ServingErrorBudgetBurnsFast", "ServingAbsent"}


def wait_for_silence(person: Person, seconds: float) -> None:
    """Wait until the heartbeat has stopped for so long that somebody outside would call."""
    deadline = time.monotonic() + seconds
    seen = -1
    while seen < len(person.beats):
        assert time.monotonic() < deadline, "the heartbeat goes on"
        seen = len(person.beats)
        person.wait(lambda: len(person.beats) > seen, BEAT)  # noqa: B023 called at once


def beats(person: Person) -> bool:
    """Tell whether another heartbeat comes."""
    seen = len(person.beats)
    return person.wait(lambda: len(person.beats) > seen, 60)


def test_where_nobody_can_be_told_the_heartbeat_stops_until_somebody_can(stage: Stage) -> None:
    person = stage.person
    assert beats(person)
    person.reachable = False
    stage.services["quiet"].failing = 1
    wait_for_silence(person, 90)
    person.reachable = True
    assert person.wait(lambda: ("ServingErrorBudgetBurnsFast", "quiet") in person.firing(), 60)
    assert beats(person)


def test_without_prometheus_the_heartbeat_stops(stage: Stage) -> None:
    assert beats(stage.person)
    assert stage.prometheus
    stage.prometheus.kill()
    wait_for_silence(stage.person, 60)


def test_a_configuration_without_inhibition_pages_more_than_once(
    render: Renderer, tmp_path: Path
) -> None:
    planted = staged(render, tmp_path)
    file = "components/monitoring/alertmanager.yaml"
    copy = Project(planted.project, {}).copy(tmp_path / "project")
    settings = yaml.safe_load((copy.path / file).read_text("utf-8"))
    settings["inhibit_rules"] = []
    settings["route"]["routes"][1]["group_by"] = ["alertname", "environment"]
    (copy.path / file).write_text(yaml.safe_dump(settings), "utf-8")
    planted.project = copy.path
    with planted.stack:
        planted.start()
        break_release(planted)
        assert planted.person.wait(lambda: len(told(planted)) > 2, 60)
        assert len({message["groupKey"] for message in planted.person.pages("broken")}) > 1
