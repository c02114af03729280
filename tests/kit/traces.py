"""What is left of something that an answer turns off."""

import re
from pathlib import Path, PurePosixPath

from .gates import Findings, texts

ENGINE = "src/slipway/"  # the same in every project, whatever it leaves out


def traces(project: Path, removed: set[str]) -> Findings:
    """Name each file that speaks of a removed file, or of a directory that is gone with it."""
    directories = {f"{parent}/" for path in removed for parent in PurePosixPath(path).parents}
    gone = {name for name in directories if name != "./" and not (project / name).exists()}
    findings = Findings()
    patterns = {word: re.compile(rf"(?<![\w/-]){re.escape(word)}") for word in removed | gone}
    for name, text in texts(project):
        if name.startswith(ENGINE):
            continue
        words = (word for word in sorted(patterns) if patterns[word].search(text))
        findings.add(f"{name} speaks of {word}" for word in words)
    return findings
