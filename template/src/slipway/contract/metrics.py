"""How good a model is on labelled rows."""

import msgspec


class Metrics(msgspec.Struct, frozen=True):
    """Figures by name, as the task defines them; `groups` holds the quality of each group.

    A group whose rows cannot be judged, such as one without events, is left out.
    """

    rows: int
    values: dict[str, float]
    groups: dict[str, float]
