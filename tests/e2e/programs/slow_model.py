"""The model of a project whose fit of many rows takes long, and goes on where it was."""

import time
from pathlib import Path
from typing import Any

from slipway.families import Resources
from slipway.families.boosting import Boosting

FEW = 50_000  # rows that are fitted at once
ROWS = 100  # beyond them, of a second of the fit


class Slow(Boosting):  # type: ignore[misc]
    """Boosting that rests before it fits: the seconds that it has had are its state."""

    def resume(self, rows: Any, directory: Path, checkpoint: Any) -> str:
        """Rest, then fit; see `families.Resumable`."""
        had = int(checkpoint.state or b"0")
        print(f"goes on at second {had}", flush=True)
        for second in range(had, (len(rows.labels) - FEW) // ROWS):
            time.sleep(1)
            if checkpoint.due:
                checkpoint.keep(str(second + 1).encode())
        return str(self.fit(rows, directory))


MODEL = Slow(resources=Resources(cpu="300m", memory="1G"), num_iterations=30)
