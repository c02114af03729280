"""The model card says what the manifest and the objectives say."""

import re
from pathlib import Path

import msgspec
import pytest

from slipway import bundle, card
from slipway.contract.manifest import Manifest
from slipway.objectives import objectives
from tests.engine.kit import TEMPLATE

PAGE = TEMPLATE / f"{card.PATH}.jinja"


@pytest.fixture
def manifest(bundle_dir: Path) -> Manifest:
    return bundle.read_manifest(bundle_dir)


@pytest.fixture
def text(manifest: Manifest) -> str:
    return card.card(manifest, objectives(), None)


def headings(text: str) -> list[str]:
    return [line for line in text.splitlines() if re.match("#+ ", line)]


def test_the_card_tells_what_the_manifest_holds(manifest: Manifest, text: str) -> None:
    assert f"| AUC | {manifest.metrics.values['auc']:.3f} |" in text
    assert f"| model digest | `{manifest.model.sha256[:12]}` |" in text
    assert objectives().goal in text


def test_the_card_has_a_row_for_each_metric_and_group(manifest: Manifest, text: str) -> None:
    value = manifest.metrics.values["value_per_1000"]
    assert f"| net value of hurrying per 1,000 rows (EUR) | {value:,.0f} |" in text
    for depot in ("BER", "HAM", "MUC"):
        assert f"| AUC, depot {depot} | {manifest.metrics.groups[depot]:.3f} |" in text
    (quality,) = (part for part in text.split("\n## ") if part.startswith("Quality"))
    assert quality.count("\n| ") == 2 + len(objectives().task.metrics) + 3


def test_the_card_says_what_the_model_relies_on(manifest: Manifest, text: str) -> None:
    (part,) = (part for part in text.split("\n## ") if part.startswith("What it relies on"))
    largest = manifest.importance[0]
    assert f"| {largest.input} | {largest.loss:.4f} \u00b1 {largest.spread:.4f} |" in part
    assert part.count("\n| ") == 2 + len(manifest.importance)
    assert f"]({card.PICTURE})" in part


def test_the_card_of_a_model_of_1_0_says_that_nobody_has_measured_it(manifest: Manifest) -> None:
    older = msgspec.json.decode(msgspec.json.encode(manifest))
    del older["importance"]
    text = card.card(msgspec.convert(older, Manifest), objectives(), None)
    (part,) = (part for part in text.split("\n## ") if part.startswith("What it relies on"))
    assert part.splitlines()[2].startswith("Nobody has measured it")


def test_the_card_ends_with_what_the_model_is_not_meant_for(text: str) -> None:
    (limits,) = (part for part in text.split("\n## ") if part.startswith("Limits"))
    assert "whose AUC is worse than 0.68, beyond chance, asks for a retraining" in limits
    assert "- May be missing in a request: weight." in limits
    assert "- It is not meant for parcels that are lost." in limits


def test_the_card_says_from_when_the_model_was_measured_whatever_is_configured_now(
    manifest: Manifest,
) -> None:
    targets = objectives()
    training = targets.training.model_copy(update={"holdout_days": 99})
    text = card.card(manifest, targets.model_copy(update={"training": training}), None)
    assert (
        f"On {manifest.metrics.rows:,} labelled rows since {manifest.training.end}, "
        "which training never saw:"
    ) in text


def test_the_card_says_what_the_owner_wrote_and_nothing_of_its_own(manifest: Manifest) -> None:
    targets = objectives().model_copy(update={"goal": "Our goal.", "limits": ["Not for X."]})
    limits = card.card(manifest, targets, None).partition("## Limits")[2].split("\n- ")[1:]
    assert limits[-1].strip() == "Not for X."
    assert len(limits) == 3
    assert "Our goal." in card.card(manifest, targets, None)


def test_the_page_in_docs_has_the_card_s_sections(manifest: Manifest, text: str) -> None:
    page = PAGE.read_text("utf-8").replace("#{ project_name }#", manifest.name)
    assert headings(page) == headings(text)
