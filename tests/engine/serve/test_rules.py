"""What the training would quarantine is refused by both routes, naming the column and the rule."""

from typing import Any

import dataframely as dy
import httpx
import msgspec
import numpy as np
import pytest
from starlette.exceptions import HTTPException

from slipway import schema
from slipway.bundle import Model
from slipway.contract.inputs import InputSpec
from slipway.serve.inputs import Inputs, to_batch
from slipway.serve.predictions import request_type

from .bodies import Body
from .process import Server, assert_refused
from .test_malformed_values import place

WRONG = {
    "base64": ("depot", "QkVS"),
    "lower case": ("depot", "ber"),
    "space before": ("depot", " BER"),
    "line break after": ("depot", "BER\n"),
    "256 characters": ("depot", "x" * 256),
    "markup": ("depot", "<script>"),
    "country in lower case": ("country", "de"),
    "second 75": ("handed_over", "2024-02-20T05:15:75"),
    "second of a minute": ("handed_over", "2024-02-20T05:15:30"),
    "day of no month": ("handed_over", "2023-02-29T05:15"),
    "UTC": ("handed_over", "2024-02-20T12:00Z"),
    "offset": ("handed_over", "2024-02-20T12:00+01:00"),
    "date only": ("handed_over", "2024-02-20"),
    "too heavy": ("weight", 70.5),
    "no pieces": ("pieces", 0),
}
BASE64 = {"content_type": "base64"}


@pytest.mark.parametrize("case", WRONG)
def test_what_the_training_would_quarantine_is_refused_by_name(
    server: Server, route: str, valid: Body, case: str
) -> None:
    name, value = WRONG[case]
    token = msgspec.json.encode(value).decode()
    assert name in assert_refused(server, route, place(valid, name, token)).json()["error"]


@pytest.mark.parametrize("text", ["2024-02-20T12:00Z", "2024-02-20", "soon"])
def test_a_refused_time_is_answered_with_how_to_write_it(
    server: Server, route: str, valid: Body, text: str
) -> None:
    error = assert_refused(server, route, place(valid, "handed_over", f'"{text}"')).json()["error"]
    assert error == (
        "input handed_over, row 0: give local time like 2024-01-31T23:59 in steps of 1m, "
        "without a zone or offset."
    )


@pytest.mark.parametrize("second", ["", ":00", ":00.000"])
def test_a_full_minute_may_be_written_with_its_second(
    client: httpx.Client, route: str, valid: Body, second: str
) -> None:
    body = place(valid, "handed_over", f'"2024-02-29T05:15{second}"')
    assert client.post(route, content=body).status_code == 200


def test_an_integer_may_be_written_with_a_point(
    client: httpx.Client, route: str, valid: Body
) -> None:
    texts = [client.post(route, content=place(valid, "pieces", text)).text for text in ("7", "7.0")]
    assert len({text.partition("outputs")[2] or text for text in texts}) == 1


@pytest.mark.parametrize("content_type", ["base64", "pd_json", "", 5, None])
@pytest.mark.parametrize("name", ["depot", "weight"])
def test_an_unknown_content_type_of_a_tensor_is_refused(
    server: Server, infer_path: str, request_body: Body, name: str, content_type: object
) -> None:
    for tensor in request_body["inputs"]:
        if tensor["name"] == name:
            tensor["parameters"] = {"content_type": content_type}
    error = assert_refused(server, infer_path, msgspec.json.encode(request_body)).json()["error"]
    assert f"input {name}: the content_type must be left out or one of np" in error


@pytest.mark.parametrize("place_of", ["request", "output"])
def test_an_unknown_content_type_elsewhere_is_refused(
    server: Server, infer_path: str, request_body: Body, place_of: str
) -> None:
    output = {"name": "act", "parameters": BASE64}
    changed = {"parameters": BASE64} if place_of == "request" else {"outputs": [output]}
    body = msgspec.json.encode(request_body | changed)
    assert place_of in assert_refused(server, infer_path, body).json()["error"]


def test_the_content_types_that_change_nothing_are_taken(
    client: httpx.Client, infer_path: str, request_body: Body
) -> None:
    for tensor in request_body["inputs"]:
        text = "str" if tensor["datatype"] == "BYTES" else "np"
        tensor["parameters"] = {"content_type": text}
    assert client.post(infer_path, json=request_body).status_code == 200


BINARY: dict[str, Body] = {
    "an output": {"outputs": [{"name": "act", "parameters": {"binary_data": True}}]},
    "all outputs": {"parameters": {"binary_data_output": True}},
    "an input": {
        "inputs": [
            {
                "name": "weight",
                "shape": [1],
                "datatype": "FP32",
                "parameters": {"binary_data_size": 4},
            }
        ]
    },
}


@pytest.mark.parametrize("case", BINARY)
def test_binary_tensors_are_refused_by_the_name_of_the_extension(
    server: Server, infer_path: str, request_body: Body, case: str
) -> None:
    body = msgspec.json.encode(request_body | BINARY[case])
    error = assert_refused(server, infer_path, body).json()["error"]
    assert "binary_tensor_data" in error


def test_a_body_with_binary_data_behind_its_json_is_refused_by_name(
    client: httpx.Client, infer_path: str, request_body: Body
) -> None:
    json = msgspec.json.encode(request_body)
    headers = {"Inference-Header-Content-Length": str(len(json))}
    response = client.post(infer_path, content=json + b"\x00\x00\x80?", headers=headers)
    assert response.status_code == 400
    assert "binary_tensor_data" in response.json()["error"]


def test_the_metadata_of_the_model_tell_the_rules(client: httpx.Client, model: Model) -> None:
    about = client.get(f"/v2/models/{model.manifest.name}").json()["inputs"]
    rules = {tensor["name"]: tensor["parameters"] for tensor in about}
    assert rules["depot"]["pattern"] == "^[A-Z]{3}$"
    assert rules["handed_over"]["resolution"] == "1m"


SPECS = [
    InputSpec(name="id", datatype="BYTES", role="key", pattern="^P[0-9]{3}$", maximum_length=4),
    InputSpec(name="when", datatype="BYTES", role="time"),
]


def read_key(key: str) -> Any:
    """Return the batch of one row with this key."""
    row = {"id": key, "when": "2024-02-29T10:00"}
    (asked,) = msgspec.convert({"rows": [row]}, request_type(SPECS, 1)).rows
    return to_batch(Inputs(SPECS), {name: [getattr(asked, name)] for name in row}, "request")


def test_a_key_that_keeps_its_rules_is_taken() -> None:
    assert read_key("P123").keys == ["P123"]


@pytest.mark.parametrize("key", ["p123", "P12", "p-17"])
def test_a_key_that_breaks_its_rules_is_refused_by_name(key: str) -> None:
    with pytest.raises(HTTPException) as refused:
        read_key(key)
    assert refused.value.detail == "input id, row 0: must match ^P[0-9]{3}$."


DAY = dy.Datetime(resolution="1d", metadata={"role": "time"})


@pytest.mark.parametrize("text", ["2024-02-29", "2024-02-29T00:00"])
def test_a_day_needs_no_clock(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = read_day(text, monkeypatch)
    assert batch.columns["day"] == np.datetime64("2024-02-29T00:00", "m")
    assert batch.values["day"] == ["2024-02-29T00:00"]


@pytest.mark.parametrize("text", ["2024-02-30", "2024-02-29T00:01", "2024-02-29Z"])
def test_what_is_no_day_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HTTPException) as refused:
        read_day(text, monkeypatch)
    assert "input day, row 0: give local time like 2024-01-31" in refused.value.detail


def read_day(text: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the batch of a row of a project whose rows are days."""
    columns = {"key": dy.String(primary_key=True, metadata={"role": "key"}), "day": DAY}
    monkeypatch.setattr("parcels.schema.Features", type("Features", (dy.Schema,), columns))
    return to_batch(Inputs(schema.input_specs()), {"day": [text]}, "request")
