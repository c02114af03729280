"""Tables of the page."""

from collections.abc import Sequence
from html import escape

SHORT = 24  # letters that are no sentence


def table(head: Sequence[str], rows: Sequence[Sequence[str]], bad: Sequence[int] = ()) -> str:
    """Return rows of texts below a head; the last cell of the `bad` ones is red."""
    lines = [f"<tr>{''.join(f'<th>{escape(name)}</th>' for name in head)}</tr>"]
    for number, row in enumerate(rows):
        *cells, last = row
        inner = "".join(_cell(cell) for cell in cells)
        lines.append(f"<tr>{inner}{_cell(last, 'bad' if number in bad else '')}</tr>")
    return '<div class="wide"><table class="left">\n' + "\n".join(lines) + "\n</table></div>"


def _cell(text: str, kind: str = "") -> str:
    """Return a cell; a sentence may wrap, a figure and a day may not."""
    prose = "prose" if len(text) > SHORT else ""
    return f'<td class="{f"{kind} {prose}".strip()}">{escape(text)}</td>'
