"""What Argo CD would apply in a cluster: each directory with the values of that cluster."""

import tempfile
from pathlib import Path

import pytest
import yaml

from slipway import cli
from slipway.clusters import build
from slipway.errors import ProjectError
from tests.engine.clusters.kit import add_cluster, change, write
from tests.engine.clusters.programs import KUSTOMIZE, install

ROOMS = ["gitops", "components/mlflow", "components/queue"]
ROOMS += [f"environments/{name}" for name in ("dev", "staging", "prod")]


def room(project: Path, directory: str, name: str, namespace: str = "a") -> None:
    """Add a directory of one object."""
    metadata = f"{{name: {name}, namespace: {namespace}}}"
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {metadata}\n"
    write(project / directory / "object.yaml", text)
    write(project / directory / "kustomization.yaml", "resources:\n- object.yaml\n")


@pytest.fixture
def rooms(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with the directories that a cluster is made of."""
    install(tmp_path / "bin", "kustomize", KUSTOMIZE, monkeypatch)
    for cluster in ("kind", "production"):
        add_cluster(project, cluster)
    for number, directory in enumerate([*ROOMS, "components/mlflow/deeper"]):
        room(project, directory, f"object-{number}")
    write(project / build.DELIVERY / "kustomization.yaml", "kind: Component\n")
    return project


def state(project: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}


def test_everything_is_built_with_the_cluster_and_environments_with_their_delivery_after_it(
    rooms: Path,
) -> None:
    built = build.texts("production")
    assert list(built) == ROOMS
    for directory, text in built.items():
        (item,) = build.objects(text)
        up = "../" * len(Path(directory).parts)
        expected = [f"{up}clusters/production"]
        if directory.startswith("environments/"):
            expected.append(f"{up}{build.DELIVERY}")
        assert item["built-with"] == expected


def test_the_files_of_the_user_stay_as_they_are(rooms: Path) -> None:
    before = state(rooms)
    build.texts("kind")
    assert state(rooms) == before


def test_a_component_that_is_there_already_is_not_added_again(rooms: Path) -> None:
    path = rooms / "environments/dev/kustomization.yaml"
    path.write_text(f"components:\n- ../../{build.DELIVERY}\n{path.read_text('utf-8')}", "utf-8")
    (item,) = build.objects(build.room("environments/dev", "kind"))
    assert item["built-with"] == [f"../../{build.DELIVERY}", "../../clusters/kind"]


def test_a_component_that_the_cluster_excludes_is_not_built(rooms: Path) -> None:
    values = rooms / "clusters/kind/values.yaml"
    entry = "  - path: components/queue/kustomization.yaml\n    exclude: true\n"
    values.write_text(values.read_text("utf-8") + entry, "utf-8")
    assert "components/queue" not in build.texts("kind")
    assert "components/queue" in build.texts("production")


def test_two_directories_that_claim_one_object_are_refused_by_name(rooms: Path) -> None:
    room(rooms, "components/queue", "object-1")
    with pytest.raises(ProjectError) as error:
        build.texts("kind")
    assert str(error.value) == (
        "components/mlflow and components/queue both hold ConfigMap object-1 in a: "
        "remove it from one of them, or Argo CD lets them take turns."
    )


def test_one_name_in_two_namespaces_is_two_objects(rooms: Path) -> None:
    room(rooms, "components/queue", "object-1", namespace="b")
    assert len(build.texts("kind")) == len(ROOMS)


def test_a_refusal_names_the_file_of_the_project(rooms: Path) -> None:
    change(rooms / "components/queue/kustomization.yaml", "object.yaml", "absent.yaml")
    with pytest.raises(ProjectError) as error:
        build.texts("kind")
    assert "`kustomize build components/queue` failed" in str(error.value)
    assert "absent.yaml" in str(error.value)
    assert tempfile.gettempdir() not in str(error.value)


@pytest.mark.parametrize("text", ["- a\n", "components: 3\n", "a: [\n", ""])
def test_a_damaged_kustomization_is_one_sentence(rooms: Path, text: str) -> None:
    (rooms / "components/queue/kustomization.yaml").write_text(text)
    with pytest.raises(ProjectError, match=r"^components/queue/kustomization.yaml is damaged"):
        build.room("components/queue", "kind")


def test_wrong_values_build_nothing(rooms: Path) -> None:
    change(rooms / "clusters/kind/values.yaml", "  scheme: http", "  scheme: ftp")
    with pytest.raises(ProjectError, match=r"clusters/kind/values.yaml:\d+: object-store.scheme"):
        build.room("gitops", "kind")


def test_what_is_applied_is_written_a_file_a_directory(rooms: Path) -> None:
    stale = rooms / "build/manifests/kind/components/gone.yaml"
    write(stale, "")
    paths = build.write("kind")
    assert [path.as_posix() for path in paths] == [
        f"build/manifests/kind/{directory}.yaml" for directory in ROOMS
    ]
    assert not stale.exists()
    first = yaml.safe_load_all((rooms / paths[0]).read_text("utf-8"))
    assert next(first)["metadata"]["name"] == "object-0"


@pytest.mark.parametrize(("named", "written"), [([], {"kind", "production"}), (["kind"], {"kind"})])
def test_without_a_name_manifests_are_written_for_every_cluster(
    rooms: Path, named: list[str], written: set[str]
) -> None:
    assert cli.main(["manifests", *named]) == 0
    assert {path.name for path in (rooms / "build/manifests").iterdir()} == written


def test_without_any_values_there_is_nothing_to_write(
    rooms: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in rooms.glob("clusters/*/values.yaml"):
        path.unlink()
    assert cli.main(["manifests"]) == 1
    assert "clusters/ has no values.yaml any more: restore them" in capsys.readouterr().err


def test_without_kustomize_kubectl_builds(
    rooms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin" / "kustomize").rename(tmp_path / "bin" / "kubectl")
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert "object-0" in build.room("gitops", "kind")
