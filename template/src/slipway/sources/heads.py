"""How CSV files begin: in their first line, polars would replace what is not UTF-8."""

import codecs
from pathlib import Path

HEAD_BYTES = 64 * 1024


def head(place: str) -> tuple[str, str]:
    """Return the first line of the first file at a path or pattern of this machine, and more of it.

    Raises:
        OSError: It cannot be read.
        UnicodeDecodeError: The first line is not UTF-8.
    """
    matching = Path("/").glob(place.lstrip("/")) if "*" in place else iter([Path(place)])
    file = next(matching, None)
    if file is None:
        return "", ""
    with file.open("rb") as opened:
        content = opened.read(HEAD_BYTES)
    end = content.find(b"\n") + 1 or len(content)
    first = codecs.getincrementaldecoder("utf-8")().decode(content[:end])
    return first, content[end:].decode("utf-8", errors="replace")


def not_utf8(content: bytes) -> str:
    """Say how a text becomes UTF-8; a spreadsheet writes UTF-16 or else windows-1252."""
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if is_utf16 else "windows-1252"
    remedy = f"iconv --from-code={encoding} --to-code=utf-8"
    return f"it is not UTF-8, so convert it, most likely by `{remedy}`"
