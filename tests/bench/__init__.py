"""What the engine costs, measured on the made-up project of its tests.

Run from the root of the repository, in the engine's environment: `python -m tests.bench.serving`.
The paths are set here because `-m` imports this package first, in the servers' processes as well.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "tests" / "engine" / "project"
SOURCES = [str(path) for path in (ROOT / "template" / "src", PROJECT / "src", ROOT)]

sys.path[:0] = [path for path in SOURCES if path not in sys.path]
os.environ |= {"PROJECT_ROOT": str(PROJECT), "PYTHONPATH": os.pathsep.join(SOURCES)}
