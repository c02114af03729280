"""What is missing for a cluster: its values first, then the cluster, in the order to do it."""

import json
import re
from pathlib import Path

import pytest

from slipway.clusters import admission, needs, readiness
from slipway.errors import ProjectError
from slipway.project import project as current
from tests.engine.clusters.kit import NAME, add_cluster, change, write
from tests.engine.clusters.programs import KUSTOMIZE, install
from tests.engine.kit import TEMPLATE

# Answers what the files below $ANSWERS hold: a file is named after a part of the words.
KUBECTL = r"""
echo "$*" >>"$ANSWERS/calls"
for file in "$ANSWERS"/*.answer; do
  pattern=$(basename "$file" .answer)
  if [[ "$*" == *"${pattern//_/ }"* ]]; then cat "$file"; exit; fi
done
echo 'Error from server (NotFound): there is none' >&2
exit 1
"""
NEEDS = """
cluster:
  - {what: Argo CD, do: 'kubectl --context {context} apply', ask: get crd applications}
  - {what: the class, do: name another, ask: 'get storageclass {storage.class} --output=name'}
  - {what: a credential, do: make one, ask: get credential, stays: "where all read {git.url}"}
  - {what: the network, do: see for yourself}
secrets:
  - {name: registry-reader, namespaces: [environments], keys: [password, username]}
  - {name: object-store, namespaces: [mlflow], keys: [key], optional: in a cloud}
"""
RESTRICTED = {readiness.LEVEL: "restricted"}
EVERYTHING = {
    "get crd applications": "crd/applications",
    "get storageclass standard": "storageclass/standard",
    "get credential": "secret/a",
    "secret-type=cluster": "",
    "get secret registry-reader": "password username ",
    "get secret object-store": "key ",
    "get namespaces": json.dumps({"items": [{"metadata": {"labels": RESTRICTED}}]}),
    "--dry-run=server": "",
}


class Machine:
    """A project with the cluster `production`, and what kubectl answers."""

    def __init__(self, project: Path, answers: Path) -> None:
        self.project, self.answers = project, answers

    def answer(self, words: str, text: str | None) -> None:
        path = self.answers / f"{words.replace(' ', '_')}.answer"
        path.unlink() if text is None else path.write_text(text)

    def calls(self) -> list[str]:
        path = self.answers / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def rows(self) -> list[readiness.Row]:
        return list(readiness.cluster("production"))

    def row(self, what: str) -> readiness.Row:
        (row,) = (row for row in self.rows() if row.what.startswith(what))
        return row


@pytest.fixture
def machine(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Return a machine whose cluster has everything."""
    install(tmp_path / "bin", "kustomize", KUSTOMIZE, monkeypatch)
    install(tmp_path / "bin", "kubectl", KUBECTL, monkeypatch)
    values = add_cluster(project, "production")
    for file in (values, project / "pyproject.toml"):
        file.write_text(file.read_text("utf-8").replace("example.com", "team.internal"), "utf-8")
    current.cache_clear()
    write(project / "gitops" / "needs.yaml", NEEDS)
    write(project / "components/serving/kubernetes/delivery/kustomization.yaml", "kind: A\n")
    for directory, space in [("gitops", "argocd"), ("components/mlflow", f"{NAME}-mlflow")] + [
        (f"environments/{name}", f"{NAME}-{name}") for name in ("dev", "staging", "prod")
    ]:
        text = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a, namespace: {space}}}\n"
        write(project / directory / "object.yaml", text)
        write(project / directory / "kustomization.yaml", "resources:\n- object.yaml\n")
    made = Machine(project, tmp_path / "answers")
    made.answers.mkdir()
    monkeypatch.setenv("ANSWERS", str(made.answers))
    for words, text in EVERYTHING.items():
        made.answer(words, text)
    return made


def test_a_cluster_that_has_everything_is_ready(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    readiness.main("production")
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "look      the network: see for yourself"
    assert printed[1:] == ["Nothing is open, 15 are ready."]


def test_what_is_missing_is_told_in_the_order_to_do_it(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    change(
        machine.project / "clusters/production/values.yaml", "mysql.team", "mysql.example.com.team"
    )
    for words in ("get crd applications", "get secret registry-reader", "--dry-run=server"):
        machine.answer(words, None)
    machine.answer("get namespaces", '{"items": []}')
    with pytest.raises(ProjectError, match=r"^\d+ of \d+ are open: begin with the first\.$"):
        readiness.main("production")
    rows = re.findall(r"^open +(.+)$", capsys.readouterr().out, re.M)
    kinds = [row.partition(" ")[0].partition("/")[0] for row in rows]
    assert kinds == ["clusters", "Argo", *["namespace"] * 4, *["Secret"] * 3]


def test_without_a_cluster_only_the_files_are_read(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    add_cluster(machine.project, "kind")
    readiness.main("")
    add_cluster(machine.project, "production")
    with pytest.raises(ProjectError, match=r"^5 of 5 are open"):
        readiness.main("")
    assert "mysql.example.com is an example; change it" in capsys.readouterr().out
    assert machine.calls() == []


def test_wrong_values_ask_nothing(machine: Machine) -> None:
    change(machine.project / "clusters/production/values.yaml", "scheme: https", "scheme: ftp")
    with pytest.raises(ProjectError, match=r"clusters/production/values.yaml:\d+"):
        readiness.main("production")
    assert machine.calls() == []


def test_a_cluster_that_does_not_answer_is_one_sentence_after_the_files(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    add_cluster(machine.project, "production")
    for words in EVERYTHING:
        machine.answer(words, None)
    with pytest.raises(ProjectError, match=r"^`kubectl --context production .* failed: "):
        readiness.main("production")
    assert capsys.readouterr().out.count("\n") == 5
    assert len(machine.calls()) == 1


def test_nothing_is_applied_but_a_dry_run(machine: Machine) -> None:
    machine.rows()
    changing = [call for call in machine.calls() if re.search(r" (apply|create) ", call)]
    assert len(changing) == 4
    assert all(" --dry-run=server " in f"{call} " for call in changing)


def test_values_are_filled_into_what_is_asked_and_told(machine: Machine) -> None:
    machine.answer("get storageclass standard", None)
    machine.answer("get crd applications", None)
    assert machine.row("the class").state == readiness.OPEN
    machine.answer("get credential", None)
    assert machine.row("Argo CD").do.startswith("kubectl --context production apply (")
    assert "read https://" in machine.row("a credential").do
    assert any("get storageclass standard --output=name" in call for call in machine.calls())


def test_what_may_stay_and_what_is_optional_is_not_open(machine: Machine) -> None:
    machine.answer("get credential", None)
    machine.answer("get secret object-store", None)
    stays = {row.what for row in machine.rows() if row.state == readiness.STAYS}
    assert stays == {"a credential", f"Secret object-store in {NAME}-mlflow"}


def test_a_secret_without_a_key_is_open(machine: Machine) -> None:
    machine.answer("get secret registry-reader", "username ")
    row = machine.row(f"Secret registry-reader in {NAME}-prod")
    assert (row.state, row.do) == (readiness.OPEN, "make it with the keys password")


def test_a_namespace_without_the_label_is_open_and_its_objects_are_not_judged(
    machine: Machine,
) -> None:
    machine.answer("get namespaces", '{"items": [{"metadata": {}}]}')
    rows = machine.rows()
    (row,) = [row for row in rows if row.what == f"namespace {NAME}-dev"]
    assert row.do == (
        f"kubectl --context production label namespace {NAME}-dev {readiness.LEVEL}=restricted"
    )
    assert not [row for row in rows if row.what.startswith("admission")]


@pytest.mark.parametrize(("known", "state"), [("", "open"), ("https://far.internal ", "look")])
def test_an_environment_in_another_cluster_needs_argo_cd_to_know_it(
    machine: Machine, known: str, state: str
) -> None:
    values = machine.project / "clusters/production/values.yaml"
    text = values.read_text("utf-8")
    head, _, tail = text.rpartition("server: https://kubernetes.default.svc")
    values.write_text(f"{head}server: https://far.internal{tail}", "utf-8")
    machine.answer("secret-type=cluster", known)
    rows = [row for row in machine.rows() if f"{NAME}-prod" in row.what]
    assert [row.state for row in rows] == [state]
    assert "https://far.internal" in rows[0].do


def test_what_the_api_server_refuses_is_open_with_its_reason(machine: Machine) -> None:
    machine.answer("--dry-run=server", None)
    row = machine.row(f"admission in {NAME}-mlflow")
    assert (row.state, row.do) == ("open", "Error from server (NotFound): there is none")


def test_objects_of_the_whole_cluster_are_judged_as_well(machine: Machine) -> None:
    assert not [row for row in machine.rows() if row.what.startswith("admission in the whole")]
    pool = "apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: a}\n"
    write(machine.project / "components/gpu-nodes/object.yaml", pool)
    write(
        machine.project / "components/gpu-nodes/kustomization.yaml", "resources:\n- object.yaml\n"
    )
    assert machine.row("admission in the whole cluster").state == readiness.READY
    machine.answer("--dry-run=server", None)
    row = machine.row("admission in the whole cluster")
    assert (row.state, row.do) == ("open", "Error from server (NotFound): there is none")


def test_the_needs_of_an_excluded_component_are_left_out(machine: Machine) -> None:
    need = "cluster:\n  - {what: a disk, do: buy one}\n"
    write(machine.project / "components/mlflow/needs.yaml", need)
    assert "a disk" in [need.what for need in needs.needed("production").cluster]
    values = machine.project / "clusters/production/values.yaml"
    entry = "  - path: components/mlflow/kustomization.yaml\n    exclude: true\n"
    values.write_text(values.read_text("utf-8") + entry, "utf-8")
    assert "a disk" not in [need.what for need in needs.needed("production").cluster]


def test_a_damaged_list_of_needs_is_one_sentence(machine: Machine) -> None:
    write(machine.project / "gitops/needs.yaml", "cluster:\n  - {what: a}\n")
    with pytest.raises(ProjectError, match=r"^gitops/needs.yaml:2: cluster.0.do: the value is"):
        needs.needed("production")


def test_every_pod_is_found_whatever_object_holds_it() -> None:
    spec = {"containers": [{"name": "a"}], "serviceAccountName": "b"}
    job = {"spec": {"metrics": [{"provider": {"job": {"spec": {"template": {"spec": spec}}}}}]}}
    (only,) = admission.pod_specs([{"kind": "ConfigMap", "data": {"a": "b"}}, job])
    assert admission.pod(only, 3)["spec"] == {"containers": [{"name": "a"}]}


def test_the_needs_of_the_template_fill_in_only_what_values_have(project: Path) -> None:
    add_cluster(project, "production")
    for path in TEMPLATE.rglob("needs.yaml*"):
        name = path.relative_to(TEMPLATE).as_posix().removesuffix(".jinja")
        write(project / name, re.sub(r"#\{.*?\}#", "answer", path.read_text("utf-8")))
    filled = readiness.filling("production")
    texts = [text for need in needs.needed("production").cluster for text in (need.do, need.ask)]
    written = [needs.fill(text, filled) for text in texts]
    assert sum(text != new for text, new in zip(texts, written, strict=True)) >= 8
