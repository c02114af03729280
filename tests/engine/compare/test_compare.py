"""Two versions side by side: what is printed, what is drawn, and what is refused."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

from slipway import bundle, cli, compare, registry
from slipway.compare import page, sides, table
from slipway.compare.sides import Pair
from slipway.contract.manifest import Manifest
from slipway.errors import ProjectError
from slipway.objectives import objectives
from slipway.settings import settings
from tests.engine.monitor.test_page import charts, outline

pytestmark = pytest.mark.usefixtures("empty_registry")


@pytest.fixture
def pair(
    make_bundle: Callable[[int], Path], session_project: Path, monkeypatch: pytest.MonkeyPatch
) -> Pair:
    """Return a version of 1 tree and one of 20, measured on the same rows."""
    monkeypatch.setenv("SNAPSHOT_STORE", str(session_project / "var" / "snapshots"))
    settings.cache_clear()
    for trees in (1, 20):
        registry.register(make_bundle(trees))
    return sides.load("v1", "2")


def lines(pair: Pair, title: str) -> dict[str, table.Line]:
    """Return the lines of a section by name."""
    listed = {section.title: section for section in table.sections(pair, objectives())}
    return {line.name: line for line in listed[title].lines}


def replaced(side: sides.Side, **changes: object) -> sides.Side:
    manifest: Manifest = msgspec.structs.replace(side.manifest, **changes)
    return side._replace(manifest=manifest)


def test_every_figure_is_there_with_the_better_version(pair: Pair) -> None:
    figures = lines(pair, "figures")
    assert list(figures) == [metric.title for metric in objectives().task.metrics]
    assert figures["AUC"].better == "v2"
    assert figures["event rate"].better == ""


def test_both_are_measured_on_the_same_rows(pair: Pair) -> None:
    assert pair.first.metrics.rows == pair.second.metrics.rows
    assert pair.first.metrics.values["event_rate"] == pair.second.metrics.values["event_rate"]
    assert "the same" in pair.rows
    assert "neither was trained on" in pair.rows


def test_an_old_model_that_this_code_cannot_run_keeps_the_figures_of_its_training(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "same_features", lambda manifest: False)
    other = sides.load("1", "2")
    assert other.first.metrics == other.first.manifest.metrics
    assert "each training, on rows of its own" in other.rows


def test_only_parameters_that_differ_are_listed(pair: Pair) -> None:
    parameters = lines(pair, "parameters")
    assert list(parameters) == ["num_iterations"]
    assert parameters["num_iterations"][1:3] == ("1", "20")


def test_a_feature_of_one_version_alone_is_listed(pair: Pair) -> None:
    more = [*pair.second.manifest.features, "moon"]
    other = pair._replace(second=replaced(pair.second, features=more))
    assert lines(other, "features") == {"moon": table.Line("moon", table.NONE, "yes")}


def test_an_input_whose_limits_changed_is_listed(pair: Pair) -> None:
    inputs = [
        msgspec.structs.replace(spec, maximum=80) if spec.name == "weight" else spec
        for spec in pair.second.manifest.inputs
    ]
    other = pair._replace(second=replaced(pair.second, inputs=inputs))
    (line,) = lines(other, "inputs").values()
    assert ("0 to 70" in line.first, "0 to 80" in line.second) == (True, True)


def test_fewer_bytes_are_better(pair: Pair) -> None:
    assert lines(pair, "size and speed")["bytes of the model"].better == "v1"


def test_the_command_prints_a_table_and_writes_a_page(
    pair: Pair, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["compare", "--a", "v1", "--b", "v2"]) == 0
    printed = capsys.readouterr().out
    assert "num_iterations" in printed
    assert (project / "var" / "reports" / "compare-v1-v2.html").is_file()


def test_the_page_holds_every_line_and_well_formed_charts(pair: Pair) -> None:
    sections = table.sections(pair, objectives())
    text = page.render(pair, sections, objectives())
    told = outline(text).texts
    for section in sections:
        for line in section.lines:
            assert line.name in told
    assert [chart.attrib["aria-label"] for chart in charts(text)] == [
        "gain of each figure",
        "quality of each group",
    ]


def test_a_name_from_the_data_is_text_in_the_page(pair: Pair) -> None:
    metrics = msgspec.structs.replace(pair.first.metrics, groups={"<b>&": 0.7})
    both = pair._replace(
        first=pair.first._replace(metrics=metrics), second=pair.second._replace(metrics=metrics)
    )
    text = page.render(both, table.sections(both, objectives()), objectives())
    assert "<b>" not in text
    assert ElementTree.tostring(charts(text)[1], "unicode").count("&lt;b&gt;&amp;") == 1


def test_versions_can_be_named_by_their_alias(pair: Pair) -> None:
    registry.set_alias("champion", 1)
    assert sides.find("champion").number == 1
    assert sides.find("candidate").number == 2


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        ("v9", "v1", "v9 is not in the registry"),
        ("v0", "v1", "'v0' names no version"),
        ("newest", "v1", "'newest' names no version"),
        ("", "v1", "'' names no version"),
        ("champion", "v1", "There is no champion yet"),
        ("v1", "1", "are both v1"),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(
    first: str, second: str, sentence: str, bundle_dir: Path
) -> None:
    registry.register(bundle_dir)
    with pytest.raises(ProjectError, match=sentence):
        compare.main(first, second)
