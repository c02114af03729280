"""The pages of a project are gathered with what they link, and put into an order."""

import json
from pathlib import Path
from typing import Any

import pytest

from slipway import cli
from slipway.settings import settings
from slipway.site import configuration

Said = pytest.CaptureFixture[str]


def write(root: Path, name: str, text: str = "# Page\n") -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, "utf-8")


def gathered(project: Path) -> Path:
    output = project / "build/docs"
    assert cli.main(["docs", "--output", str(output)]) == 0
    return output


def navigation(output: Path) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for part in json.loads((output / "mkdocs.yml").read_text("utf-8"))["nav"]:
        parts |= part
    return parts


def test_pages_keep_their_paths_and_bring_the_files_that_they_link(project: Path) -> None:
    write(
        project, "README.md", "[goal](objectives.yaml), [a](docs/a.md#page), [web](https://x.y)\n"
    )
    write(project, "docs/a.md", "[up](../clusters/kind/values.yaml)\n")
    write(project, "clusters/kind/values.yaml", "kind: x\n")
    write(project, "clusters/kind/other.yaml", "kind: y\n")
    pages = gathered(project) / "pages"
    assert (pages / "objectives.yaml").is_file()
    assert (pages / "clusters/kind/values.yaml").is_file()
    assert not (pages / "clusters/kind/other.yaml").exists()
    assert (pages / "docs/a.md").read_text("utf-8").startswith("[up]")


def test_nothing_outside_of_the_project_is_copied(project: Path) -> None:
    (project.parent / "secret.txt").write_text("s")
    write(project, "README.md", "[x](../secret.txt)\n")
    output = gathered(project)
    assert not list(output.rglob("secret.txt"))


def test_a_reader_finds_runbooks_data_decisions_and_reviews_in_sections(project: Path) -> None:
    names = {
        "How to": "docs/how-to/x.md",
        "Runbooks": "components/serving/monitoring/runbooks/Slow.md",
        "Decisions": "docs/decisions/0001-x.md",
        "Reviews": "docs/reviews/2024-05.md",
        "Post-mortems": "docs/post-mortems/2024-05-01-x.md",
        "Reference": "docs/data-dictionary.md",
        "Components": "components/mlflow/README.md",
    }
    for name in ("README.md", *names.values()):
        write(project, name)
    listed = navigation(gathered(project))
    assert list(listed) == ["Start", *configuration.SECTIONS]
    assert {title for title, name in names.items() if name not in listed[title]} == set()
    assert "docs/metrics.md" in listed["Reference"]
    assert "reports.md" in listed["Reviews"]


def test_a_page_that_is_gone_is_not_in_the_next_site(project: Path) -> None:
    write(project, "docs/old.md")
    output = gathered(project)
    (project / "docs/old.md").unlink()
    gathered(project)
    assert not (output / "pages/docs/old.md").exists()


def test_the_reports_of_this_machine_are_linked(project: Path, capsys: Said) -> None:
    write(settings().reports, "prod/health.html", "<!doctype html>")
    pages = gathered(project) / "pages"
    assert "- [prod/health](reports/prod/health.html)\n" in (pages / "reports.md").read_text(
        "utf-8"
    )
    assert (pages / "reports/prod/health.html").is_file()
    assert capsys.readouterr().out.endswith("2 pages, 1 reports.\n")


def test_without_reports_the_page_says_how_to_get_some(project: Path) -> None:
    page = gathered(project) / "pages/reports.md"
    assert "`make demo`" in page.read_text("utf-8")


def test_a_place_that_cannot_be_written_is_one_sentence(project: Path, capsys: Said) -> None:
    write(project, "README.md")
    write(project, "taken", "a file")
    assert cli.main(["docs", "--output", str(project / "taken/below")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1
