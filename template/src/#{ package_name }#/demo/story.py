"""What happened, month by month: the rows of the demo's table and of its report."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Month:
    """One month of the stream.

    `auc_*` and `value_*` compare the first model, never retrained, with the one that was serving.
    Values are in the KPI's unit for the whole month; `psi` is by feature.
    """

    month: str
    rows: int
    version: int
    auc_first: float
    auc_serving: float
    value_first: float
    value_serving: float
    psi: dict[str, float]
    drifted: list[str]
    decision: str
    why: str

    @property
    def promoted(self) -> bool:
        return self.decision.startswith("promoted")

    @property
    def refused(self) -> bool:
        return self.decision.startswith("refused")


def sentence(months: list[Month], unit: str) -> str:
    """Sum the story up in one sentence."""
    promoted = [month.month for month in months if month.promoted]
    refused = [month.month for month in months if month.refused]
    gain = sum(month.value_serving - month.value_first for month in months)
    return (
        f"In {len(months)} months the monitor asked for {len(promoted) + len(refused)} retrainings: "
        f"{_listed(promoted)} paid and {'were' if len(promoted) != 1 else 'was'} released, "
        f"{_listed(refused)} lost against the champion and {'were' if len(refused) != 1 else 'was'} "
        f"refused. Against the first model, never retrained, that is worth {gain:+,.0f} {unit}."
    )


def _listed(months: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(months[:-1]), *months[-1:]))) or "none"
