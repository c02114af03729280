"""The pages are true: generated ones are fresh, links lead somewhere, the site needs no network."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from hooks.template import ROOT
from tests.kit.agreement import links, make_targets
from tests.kit.gates import Findings
from tests.kit.project import Project, own_sources
from tests.kit.reference import PAGES, pages, short_table

Passes = Callable[[str, Findings, int], None]

DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))


@pytest.mark.parametrize("name", pages())
def test_a_generated_page_is_fresh(name: str) -> None:
    assert (PAGES / name).read_text("utf-8") == pages()[name], "run `make docs`"


def test_the_readme_lists_every_question() -> None:
    assert short_table() in (ROOT / "README.md").read_text("utf-8")


@pytest.fixture
def sources(standard: Project, tmp_path: Path) -> Path:
    """This repository, with the Makefiles whose targets its pages name."""
    own_sources(tmp_path)
    for path in [standard.path / "Makefile", *standard.path.rglob("*.mk")]:
        shutil.copy(path, tmp_path / f"generated-{path.stem}.mk")
    return tmp_path


def test_every_link_leads_somewhere(sources: Path, passes: Passes) -> None:
    for name in ("template", "examples"):
        (sources / name).mkdir(parents=True, exist_ok=True)
    passes("links (own)", links(sources), 20)


def test_every_command_exists(sources: Path, passes: Passes) -> None:
    shutil.rmtree(sources / "tests")  # they name commands that must not exist
    passes("make_targets (own)", make_targets(sources), 20)


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_four_parts(path: Path) -> None:
    headings = re.findall(r"^## (.+)$", path.read_text("utf-8"), re.M)
    assert headings == ["Status", "Context", "Decision", "Consequences"]


def test_decisions_are_numbered_in_a_row() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))


class _Fetched(HTMLParser):
    """Collects the addresses that a browser fetches to show a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag in {"script", "img", "iframe", "source"}:
            self.addresses.append(names.get("src") or "")
        if tag == "link" and names.get("rel") != "canonical":
            self.addresses.append(names.get("href") or "")


def test_the_site_builds_and_fetches_nothing_from_elsewhere(
    tmp_path: Path, count: Callable[[str, int, int], None]
) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    subprocess.run([*command, "--site-dir", str(tmp_path)], cwd=ROOT, env=quiet, check=True)
    pages = _Fetched()
    for path in sorted(tmp_path.rglob("*.html")):
        pages.feed(path.read_text("utf-8"))
    count("addresses that the site fetches", len(pages.addresses), 50)
    assert [address for address in pages.addresses if re.match(r"(https?:)?//", address)] == []


def test_a_link_that_leads_nowhere_fails_the_build(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    with (tmp_path / "docs/index.md").open("a") as page:
        page.write("\n[nowhere](nowhere.md)\n")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode != 0
    assert "nowhere.md" in ended.stderr
