"""`make docs` of a project: all pages are there, links lead somewhere, nothing is fetched."""

import json
import re
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from hooks.template import ROOT
from tests.kit.project import Project, Renderer, answers_of
from tests.kit.venv import link_venv, make

Count = Callable[[str, int, int], None]
FLOORS = {"standard": 40, "minimal": 12}  # pages


class Links(HTMLParser):
    """Collects what a browser fetches to show a page."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag in {"script", "img", "iframe", "source"} and names.get("src"):
            self.fetched.append(names["src"] or "")
        if tag == "link" and names.get("rel") != "canonical":
            self.fetched.append(names.get("href") or "")


def built(project: Project, directory: Path) -> Path:
    """Return a copy of a project, with its site in build/site."""
    path = project.copy(directory / "project").path
    link_venv(path)
    report = path / "var/reports/prod/health.html"
    report.parent.mkdir(parents=True)
    report.write_text("<!doctype html><title>health</title>")
    ended = make(path, "docs")
    assert ended.returncode == 0, ended.stdout
    return path


@pytest.fixture(scope="module", params=FLOORS)
def site(
    request: pytest.FixtureRequest, render: Renderer, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    project = render(answers_of(ROOT / f"tests/scenarios/{request.param}.yml"))
    return request.param, built(project, tmp_path_factory.mktemp("site"))


def test_every_page_of_a_project_is_in_its_site_and_can_be_found(
    site: tuple[str, Path], count: Count
) -> None:
    scenario, project = site
    index = json.loads((project / "build/site/search/search_index.json").read_text("utf-8"))
    found = {doc["location"].partition("#")[0] for doc in index["docs"]}
    pages = [
        path for path in project.rglob("*.md") if path.relative_to(project).parts[0] != "build"
    ]
    names = {path.relative_to(project).with_suffix(".html").as_posix() for path in pages}
    wanted = {name.replace("README.html", "index.html") for name in names if name[0] != "."}
    assert {name for name in wanted if name not in found} == set()
    assert {"docs/metrics.html", "reports.html"} <= found
    count("pages of a project's site", len(found), FLOORS[scenario])


def test_a_site_links_the_reports_of_its_machine(site: tuple[str, Path]) -> None:
    place = site[1] / "build/site"
    assert 'href="reports/prod/health.html"' in (place / "reports.html").read_text("utf-8")
    assert (place / "reports/prod/health.html").is_file()


def test_a_site_fetches_nothing_from_elsewhere(site: tuple[str, Path], count: Count) -> None:
    links = Links()
    for path in (site[1] / "build/site").rglob("*.html"):
        links.feed(path.read_text("utf-8"))
    count("addresses that a project's site fetches", len(links.fetched), 50)
    assert [link for link in links.fetched if re.match(r"(https?:)?//", link)] == []


def test_a_link_that_leads_nowhere_fails(standard: Project, tmp_path: Path) -> None:
    planted = standard.copy(tmp_path / "planted")
    with (planted.path / "docs/architecture.md").open("a") as page:
        page.write("\n[nowhere](nowhere.md)\n")
    link_venv(planted.path)
    ended = make(planted.path, "docs")
    assert ended.returncode != 0
    assert "nowhere.md" in ended.stdout


def test_setup_installs_nothing_of_the_site(standard: Project) -> None:
    locked = (standard.path / "requirements/dev.txt").read_text("utf-8")
    assert not re.search(r"^mkdocs", locked, re.M)
    command = ["make", "--dry-run", "setup"]
    said = subprocess.run(command, cwd=standard.path, capture_output=True, text=True, check=True)
    assert "docs.txt" not in said.stdout
