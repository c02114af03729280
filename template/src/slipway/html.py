"""The frame of every page that the engine writes: it loads nothing from elsewhere."""

from pathlib import Path

STYLE = Path(__file__).with_name("page.css")


def document(title: str, body: str, style: str = "") -> str:
    """Return a whole page; title and body are HTML, `style` follows that of all pages."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{STYLE.read_text("utf-8")}{style}</style>
</head>
<body>
{body}
</body>
</html>
"""


def sentence(words: str) -> str:
    """Return words with a capital at their beginning."""
    return words[:1].upper() + words[1:]
