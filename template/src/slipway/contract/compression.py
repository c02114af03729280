"""The models that a training could have released."""

import msgspec


class Candidate(msgspec.Struct, frozen=True):
    """One model that could be released, with what it costs and whether the gates let it pass.

    `quality` is the figure that objectives.yaml names; `disagreement` is how far its predictions
    are from the full model's; one that is `slower` than that on one row is not released.
    """

    recipe: str
    bytes: int
    quality: float
    disagreement: float
    p50_us_1_row: float
    p50_us_64_rows: float
    slower: bool
    passed: bool
