from pathlib import Path

from slipway import bundle, card
from slipway.objectives import objectives

PAGE = Path(__file__).parents[1] / card.PATH


def headings(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#")]


def test_the_card_tells_what_the_manifest_holds(bundle_dir: Path) -> None:
    manifest = bundle.read_manifest(bundle_dir)

    text = card.card(manifest, objectives())

    assert f"| AUC | {manifest.metrics.auc:.3f} |" in text
    assert f"| model digest | `{manifest.model.sha256[:12]}` |" in text
    assert objectives().goal in text


def test_the_page_in_docs_has_the_card_s_sections(bundle_dir: Path) -> None:
    text = card.card(bundle.read_manifest(bundle_dir), objectives())

    assert headings(PAGE.read_text("utf-8")) == headings(text)
