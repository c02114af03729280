"""A real browser, without a network: what becomes of a page, and how it looks at a width."""

import shutil
import subprocess
import tempfile
from html import escape, unescape
from pathlib import Path
from typing import Any

import msgspec

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--hide-scrollbars", "--virtual-time-budget=20000"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
SECONDS = 120
HEIGHT = 3600  # of a screenshot
MARK = "measured: "
FRAME = """<!doctype html><meta charset="utf-8"><title></title><body style="margin:0">
<iframe style="border:0;height:100vh;width:{width}px" srcdoc="{page}"></iframe>"""


def run(wanted: str, url: str, width: int = 1400) -> str:
    """Open `url` in a browser that nobody has used, and return what it prints."""
    program = shutil.which("chromium")
    assert program, "chromium is missing: apt-get install chromium"
    with tempfile.TemporaryDirectory() as profile:
        place = (f"--user-data-dir={profile}", f"--window-size={width},{HEIGHT}")
        words = [program, *FLAGS, *place, wanted, url]
        ended = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=True)
    return ended.stdout


def measure(page: str, script: str, width: int, directory: Path) -> Any:
    """Return what the body of a function returns in a page that is so many pixels wide."""
    told = f"parent.document.title = {MARK!r} + JSON.stringify((() => {{ {script} }})())"
    late = f"addEventListener('load', () => setTimeout(() => {{ {told} }}, 2000))"
    measuring = page.replace("</body>", f"<script>{late}</script></body>")
    document = run("--dump-dom", framed(measuring, width, directory))
    _, found, rest = document.partition(f"<title>{MARK}")
    assert found, document[:500]
    return msgspec.json.decode(unescape(rest.partition("</title>")[0]))


def framed(page: str, width: int, directory: Path) -> str:
    """Return the address of a page in a frame: no window is as narrow as a phone."""
    path = directory / "frame.html"
    path.write_text(FRAME.format(width=width, page=escape(page)), "utf-8")
    return path.as_uri()
