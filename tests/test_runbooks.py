"""What a page tells its reader to type runs: in a scratch repository, and against no cluster."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hooks.template import ROOT
from tests.kit.agreement import targets_of
from tests.kit.console import commands
from tests.kit.gates import Findings
from tests.kit.project import Project
from tests.kit.versions import commit, git

Count = Callable[[str, int, int], None]
Command = tuple[str, list[str]]  # the page, and the words

STANDS_FOR = {"REVISION": "HEAD", "...": "why"}  # what the reader puts in
MISREAD = re.compile(r"unknown (flag|shorthand|command)|error: (invalid|flag|required|unable to p)")


@pytest.fixture(scope="module")
def typed(standard: Project) -> list[Command]:
    """Every command of every page of a project, and of the how-to pages of the template."""
    pages = {name: standard.path / name for name in standard.files() if name.endswith(".md")}
    pages |= {path.name: path for path in (ROOT / "docs/how-to").glob("*.md")}
    return [(n, words) for n, path in pages.items() for words in commands(path.read_text("utf-8"))]


def of(program: str, typed: list[Command]) -> dict[str, Command]:
    """Return each different command of a program, by its line."""
    return {" ".join(words): (page, words) for page, words in typed if words[0] == program}


@pytest.fixture
def scratch(standard: Project, tmp_path: Path) -> Path:
    """A clone of a project with its remotes, `origin` and `kind`."""
    source = standard.copy(tmp_path / "source").path
    commit(source)
    for name in ("origin", "kind"):
        git(tmp_path, "clone", "--quiet", "--bare", str(source), f"{name}.git")
    git(tmp_path, "clone", "--quiet", str(tmp_path / "origin.git"), "clone")
    git(tmp_path / "clone", "remote", "add", "kind", str(tmp_path / "kind.git"))
    return tmp_path / "clone"


def test_every_git_command_of_a_page_runs(
    typed: list[Command], scratch: Path, tmp_path: Path, count: Count
) -> None:
    failed = []
    for line, (page, words) in of("git", typed).items():
        used = shutil.copytree(scratch, tmp_path / "used")
        if words[1] == "commit":
            (used / "README.md").write_text("something to commit\n")
        ended = subprocess.run(
            [STANDS_FOR.get(word, word) for word in words],
            cwd=used,
            capture_output=True,
            text=True,
            check=False,
        )
        failed += [f"{page}: {line}: {ended.stderr.strip()}"] * (ended.returncode != 0)
        shutil.rmtree(used)
    assert failed == []
    count("git commands of pages", len(of("git", typed)), 12)


def test_every_make_command_of_a_page_names_a_target_and_variables_that_are_read(
    typed: list[Command], standard: Project, count: Count
) -> None:
    paths = [standard.path / "Makefile", *standard.path.rglob("*.mk")]
    paths += [ROOT / "Makefile", *(ROOT / "tests").rglob("*.mk")]
    read = "\n".join(path.read_text("utf-8") for path in paths)
    for module in ("release/image.py", "serve/settings.py"):  # what a command reads itself
        read += (standard.path / "src/slipway" / module).read_text("utf-8")
    targets = {name for name, _ in [*targets_of(standard.path), *targets_of(ROOT)]}
    wrong = []
    for line, (page, words) in of("make", typed).items():
        names = {word.partition("=")[0] for word in words[1:] if "=" in word}
        unread = {n for n in names if n not in read and n.lower() not in read}
        target = next((word for word in words[1:] if "=" not in word), "")
        wrong += [f"{page}: {line}"] * (target not in targets or bool(unread))
    assert wrong == []
    count("make commands of pages", len(of("make", typed)), 40)


def test_every_kubectl_command_of_a_page_names_its_cluster(
    typed: list[Command], count: Count
) -> None:
    lines = of("kubectl", typed)
    assert [f"{page}: {line}" for line, (page, words) in lines.items() if not named(words)] == []
    count("kubectl commands of pages", len(lines), 30)


def named(words: list[str]) -> bool:
    """Tell whether a command of kubectl says which cluster it means."""
    return words[1] == "--context" and words[2] != ""


def test_every_kubectl_command_of_a_page_is_understood(
    typed: list[Command], tmp_path: Path
) -> None:
    kept = Path.home() / ".cache/slipway/bin/kubectl"
    kubectl = shutil.which("kubectl") or (str(kept) if kept.exists() else "")
    (tmp_path / "config").write_text(
        nowhere({words[2] for _, words in of("kubectl", typed).values()})
    )
    for line, (page, words) in of("kubectl", typed).items() if kubectl else ():
        ended = subprocess.run(
            [kubectl, *words[1:]],
            cwd=tmp_path,
            env=os.environ | {"KUBECONFIG": str(tmp_path / "config")},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not MISREAD.search(ended.stderr), f"{page}: {line}: {ended.stderr}"


def nowhere(contexts: set[str]) -> str:
    """Return a kubeconfig whose contexts all lead to a port where nothing listens."""
    cluster = {"name": "nowhere", "cluster": {"server": "http://127.0.0.1:9"}}
    listed = [{"name": name, "context": {"cluster": "nowhere"}} for name in sorted(contexts)]
    return json.dumps({"clusters": [cluster], "contexts": listed})


TO_REPLACE = re.compile(r"(?<![\w$/{-])([A-Z]{3,}|\.\.\.)(?![\w=])")
USED = re.compile(r"\$\{?([A-Z]+)")


def unfinished(name: str, page: str) -> Findings:
    """Every command of a runbook runs as it stands: whoever is woken fills nothing in."""
    findings = Findings()
    for words in commands(page):
        found = [word for word in words if TO_REPLACE.search(word)]
        findings.add(f"{name}: {word} is to be replaced" for word in found)
    for used in USED.finditer(page):
        given = re.search(rf"^\$ {used[1]}=", page[: used.start()], re.M)
        findings.add([f"{name}: ${used[1]} has no value yet"] * (not given))
    return findings


def test_every_command_of_a_runbook_runs_as_it_stands(
    standard: Project, passes: Callable[[str, Findings, int], None]
) -> None:
    pages = {name: standard.path / name for name in standard.files() if "/runbooks/" in name}
    assert len(pages) >= 19
    findings = Findings()
    for name, path in pages.items():
        found = unfinished(name, path.read_text("utf-8"))
        findings.checked += found.checked
        findings.problems += found.problems
    passes("commands and variables of runbooks", findings, 150)


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("WHERE=$WHERE", "WHERE=CLUSTER", "WHERE=CLUSTER is to be replaced"),
        ("$ E=prod", "$ F=prod", "$E has no value yet"),
        ("logs --selector", "logs POD --selector", "POD is to be replaced"),
    ],
)
def test_a_command_that_somebody_has_to_complete_is_found(
    right: str, wrong: str, problem: str, standard: Project
) -> None:
    path = standard.path / "components/serving/monitoring/runbooks/ServingAbsent.md"
    text = path.read_text("utf-8")
    assert right in text
    found = unfinished("page", text.replace(right, wrong)).problems
    assert f"page: {problem}" in found


def test_a_runbook_finds_the_context_of_the_cluster_that_has_told(
    standard: Project, count: Count
) -> None:
    pages = list(standard.path.rglob("runbooks/*.md"))
    lines = {line for path in pages for line in re.findall(r"^\$ (C=.+)$", path.read_text(), re.M)}
    (line,) = lines
    for where, context in (("production", "production"), ("kind", "kind-flight-delays")):
        script = f"WHERE={where}\n{line}\nprintf %s $C"
        said = subprocess.run(["bash", "-ec", script], cwd=standard.path, capture_output=True)
        assert said.stdout.decode() == context
    count("runbooks that find their cluster", len(pages), 19)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (
            "```console\n$ E=prod # x\n$ git log -- environments/$E\n```\n",
            "git log -- environments/prod",
        ),
        ("```console\n$ W=$(kubectl get x)\n$ git show $W\n```\n", "kubectl get x|git show answer"),
        ("```console\n$ make a && git push\nmake b\n```\n", "make a|git push"),
        ("```bash\nkubectl get pods \\\n  --watch | grep x\n```\n", "kubectl get pods --watch"),
        ("Say `git push`, not `push`.\n\n    kubectl get x\n", "git push|kubectl get x"),
        ("```console\n$ kubectl create -f - <<'END'\ngit x\nEND\n```\n", "kubectl create -f -"),
        ("```python\ngit = 1\n```\n", ""),
    ],
)
def test_commands_are_found_where_pages_have_them(page: str, expected: str) -> None:
    assert "|".join(" ".join(words) for words in commands(page)) == expected
