"""What a model asks of a cluster is right, or one sentence before anything is compiled."""

from typing import Any

import pytest

from slipway.errors import ProjectError
from slipway.families import Resources
from slipway.families.resources import checked

FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"cpu": "many"}, "model.py asks for 'many' as its cores: write"),
    ({"cpu": 2}, "model.py asks for 2 as its cores"),
    ({"cpu": "0"}, "asks for '0' as its cores"),
    ({"cpu": "0.0"}, "asks for '0.0' as its cores"),
    ({"cpu": "2G"}, "asks for '2G' as its cores"),
    ({"memory": "8 GB"}, "asks for '8 GB' as its memory: write"),
    ({"memory": "0Gi"}, "asks for '0Gi' as its memory"),
    ({"memory": "8K"}, "asks for '8K' as its memory"),
    ({"gpus": 1.5}, "asks for 1.5 GPUs: write a whole number into its resources."),
    ({"gpus": -1}, "asks for -1 GPUs: write a whole number"),
    ({"gpus": True}, "asks for True GPUs: write a whole number"),
    ({"gpus": "1"}, "asks for '1' GPUs: write a whole number"),
]


@pytest.mark.parametrize(("wish", "said"), FAULTS, ids=[str(wish) for wish, _ in FAULTS])
def test_a_wish_that_no_pod_can_have_is_one_sentence(wish: dict[str, Any], said: str) -> None:
    with pytest.raises(ProjectError) as error:
        checked(Resources()._replace(**wish))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "wanted",
    [
        Resources(),
        Resources(cpu="500m", memory="512M", gpus=0),
        Resources(cpu="1.5", memory="8Gi", gpus=8),
        Resources(cpu="16", memory="1Ti"),
    ],
)
def test_what_kubernetes_understands_is_taken(wanted: Resources) -> None:
    assert checked(wanted) == wanted
