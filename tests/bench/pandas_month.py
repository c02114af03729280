"""What pandas and evidently take for a month of captures; `tests.bench.monitor` starts it.

It runs in an environment of its own and imports nothing of the engine. What it does is what the
monitor does: drift of each column and of the prediction against a reference, and how good the
predictions were.
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from evidently import BinaryClassification, DataDefinition, Dataset, Report
from evidently.presets import ClassificationPreset, DataDriftPreset

PREDICTION, LABEL = "prediction of the model", "label"
NUMBERS = ["weight", "distance", "pieces", PREDICTION]
CATEGORIES = ["depot", "country"]


def main() -> None:
    """Print the CPU seconds and the peak memory of a month."""
    place, month, reference = map(Path, sys.argv[1:])
    start = time.process_time()
    rows = read(place / "captures" / month, place / "labels")
    run(rows, pd.read_parquet(reference))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps({"seconds": time.process_time() - start, "megabytes": peak}))


def read(captures: Path, labels: Path) -> pd.DataFrame:
    """Return the captured rows with their labels."""
    columns = ["parcel_id", *NUMBERS, *CATEGORIES]
    parts = [pd.read_parquet(path, columns=columns) for path in sorted(captures.glob("*/*"))]
    known = pd.concat([pd.read_parquet(path) for path in sorted(labels.glob("*"))])
    return pd.concat(parts).merge(known, on="parcel_id")


def run(rows: pd.DataFrame, reference: pd.DataFrame) -> None:
    """Measure drift and quality."""
    rng = np.random.default_rng(1)
    reference = reference.assign(**{PREDICTION: rng.beta(2, 6, len(reference)), LABEL: 0})
    reference[LABEL] = rng.random(len(reference)) < reference[PREDICTION]
    kinds = DataDefinition(
        numerical_columns=NUMBERS,
        categorical_columns=CATEGORIES,
        classification=[
            BinaryClassification(target=LABEL, prediction_probas=PREDICTION, pos_label=1)
        ],
    )
    used = [*NUMBERS, *CATEGORIES, LABEL]
    both = [
        Dataset.from_pandas(frame[used].astype({LABEL: int}), data_definition=kinds)
        for frame in (rows, reference)
    ]
    Report([DataDriftPreset(), ClassificationPreset()]).run(*both).dict()


if __name__ == "__main__":
    main()
