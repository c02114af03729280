"""Every route of the Open Inference Protocol answers as its specification says."""

from typing import Any, Literal

import httpx
import msgspec
import numpy as np
import pytest

from slipway.bundle import Model

from .bodies import Body, as_tensors

UNKNOWN = {"depot": "QQQ", "country": "ZZ"}  # well-formed, and never seen by the training


class ServerMetadata(msgspec.Struct):
    """metadata_server_response of open_inference_rest.yaml."""

    name: str
    version: str
    extensions: list[str]


class MetadataTensor(msgspec.Struct):
    """metadata_tensor."""

    name: str
    datatype: Literal["BOOL", "INT64", "FP32", "BYTES"]
    shape: list[int]


class ModelMetadata(msgspec.Struct):
    """metadata_model_response."""

    name: str
    platform: str
    versions: list[str]
    inputs: list[MetadataTensor]
    outputs: list[MetadataTensor]


class ResponseOutput(MetadataTensor):
    """response_output."""

    data: list[float | bool]


class InferenceResponse(msgspec.Struct):
    """inference_response."""

    model_name: str
    model_version: str
    id: str
    outputs: list[ResponseOutput]


class Error(msgspec.Struct, forbid_unknown_fields=True):
    """inference_error_response; nothing but the error."""

    error: str


def read(response: httpx.Response, kind: type[Any]) -> Any:
    """Return the body as the type that the specification gives it."""
    assert response.headers["content-type"] == "application/json"
    return msgspec.json.decode(response.content, type=kind)


def infer(client: httpx.Client, path: str, body: Body) -> InferenceResponse:
    response = client.post(path, json=body)
    assert response.status_code == 200, response.text
    answer: InferenceResponse = read(response, InferenceResponse)
    return answer


def test_a_running_server_is_live_and_ready(client: httpx.Client) -> None:
    assert client.get("/v2/health/live").json() == {"live": True}
    assert client.get("/v2/health/ready").json() == {"ready": True}


@pytest.mark.parametrize("path", ["/v2", "/v2/"])
def test_the_server_describes_itself(client: httpx.Client, path: str) -> None:
    metadata = read(client.get(path), ServerMetadata)
    assert metadata.extensions == ["null_data", "explain"]


@pytest.mark.parametrize("version", ["", "/versions/7"])
def test_the_model_describes_its_inputs_and_outputs(
    client: httpx.Client, model: Model, version: str
) -> None:
    response = client.get(f"/v2/models/{model.manifest.name}{version}")
    metadata = read(response, ModelMetadata)
    assert metadata.versions == ["7"]
    assert [(tensor.name, tensor.datatype, tensor.shape) for tensor in metadata.inputs] == [
        (spec.name, spec.datatype, [-1]) for spec in model.manifest.inputs
    ]
    assert [tensor.name for tensor in metadata.outputs] == ["probability", "act"]


@pytest.mark.parametrize("version", ["", "/versions/7"])
def test_the_model_is_ready(client: httpx.Client, model: Model, version: str) -> None:
    name = model.manifest.name
    response = client.get(f"/v2/models/{name}{version}/ready")
    assert response.json() == {"name": name, "ready": True}


def test_an_answer_has_a_probability_and_a_decision_for_each_row(
    client: httpx.Client, model: Model, infer_path: str, request_body: Body
) -> None:
    answer = infer(client, infer_path, request_body)
    probability, act = answer.outputs
    assert (answer.model_name, answer.model_version) == (model.manifest.name, "7")
    assert [probability.datatype, act.datatype] == ["FP32", "BOOL"]
    assert probability.shape == act.shape == [3]
    assert act.data == [value >= model.manifest.decision["threshold"] for value in probability.data]


def test_the_version_in_the_path_changes_nothing(
    client: httpx.Client, model: Model, infer_path: str, request_body: Body
) -> None:
    versioned = f"/v2/models/{model.manifest.name}/versions/7/infer"
    answers = [infer(client, path, request_body).outputs for path in (infer_path, versioned)]
    assert answers[0] == answers[1]


def test_the_id_of_a_request_is_returned(
    client: httpx.Client, infer_path: str, request_body: Body
) -> None:
    assert infer(client, infer_path, {**request_body, "id": "42"}).id == "42"


def test_a_request_without_an_id_is_given_one(
    client: httpx.Client, infer_path: str, request_body: Body
) -> None:
    first, second = (infer(client, infer_path, request_body).id for _ in range(2))
    assert first != second


def test_only_the_outputs_asked_for_are_returned(
    client: httpx.Client, infer_path: str, request_body: Body
) -> None:
    asked = {**request_body, "outputs": [{"name": "act", "parameters": {"x": 1}}]}
    (output,) = infer(client, infer_path, asked).outputs
    assert output.name == "act"


@pytest.mark.parametrize("nested", [True, False], ids=["nested", "flat"])
def test_a_tensor_may_have_a_second_dimension_of_one(
    client: httpx.Client, infer_path: str, request_body: Body, nested: bool
) -> None:
    flat = infer(client, infer_path, request_body).outputs
    for tensor in request_body["inputs"][::2]:
        tensor["shape"] = [3, 1]
        if nested:
            tensor["data"] = [[value] for value in tensor["data"]]
    assert infer(client, infer_path, request_body).outputs == flat


def test_parameters_and_the_order_of_tensors_change_nothing(
    client: httpx.Client, infer_path: str, request_body: Body
) -> None:
    tensors = [{"parameters": {"a": [{}]}, **tensor} for tensor in request_body["inputs"]]
    other = {"parameters": {"b": None}, "inputs": tensors[::-1]}
    answers = [infer(client, infer_path, body).outputs for body in (request_body, other)]
    assert answers[0] == answers[1]


def test_the_key_may_be_left_out(
    client: httpx.Client, model: Model, infer_path: str, rows: list[Body]
) -> None:
    keys = {spec.name for spec in model.manifest.inputs if spec.role == "key"}
    keyless = [{name: row[name] for name in row if name not in keys} for row in rows]
    answers = [infer(client, infer_path, as_tensors(some, model)) for some in (rows, keyless)]
    assert answers[0].outputs == answers[1].outputs


def test_a_nullable_input_may_be_null(
    client: httpx.Client, model: Model, infer_path: str, rows: list[Body]
) -> None:
    nullable = {spec.name for spec in model.manifest.inputs if spec.nullable}
    emptied = [{name: None if name in nullable else row[name] for name in row} for row in rows]
    probability = infer(client, infer_path, as_tensors(emptied, model)).outputs[0]
    assert np.isfinite(probability.data).all()


def test_an_unknown_category_is_answered(
    client: httpx.Client, model: Model, infer_path: str, rows: list[Body]
) -> None:
    texts = {
        spec.name
        for spec in model.manifest.inputs
        if spec.role == "feature" and spec.datatype == "BYTES"
    }
    assert texts == UNKNOWN.keys()
    strange = [row | UNKNOWN for row in rows]
    assert len(infer(client, infer_path, as_tensors(strange, model)).outputs[0].data) == 3


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v2/models/other", 404),
        ("GET", "/v2/models/{name}/versions/8", 404),
        ("GET", "/v2/models/other/ready", 404),
        ("POST", "/v2/models/other/infer", 404),
        ("POST", "/v2/models/{name}/versions/8/infer", 404),
        ("GET", "/nowhere", 404),
        ("GET", "/v2/models/{name}/infer", 405),
        ("POST", "/v2/health/live", 405),
        ("DELETE", "/v2/models/{name}", 405),
        ("GET", "/v1/predictions", 405),
    ],
)
def test_what_is_not_there_is_an_error_in_the_form_of_the_protocol(
    client: httpx.Client, model: Model, method: str, path: str, status: int
) -> None:
    response = client.request(method, path.format(name=model.manifest.name))
    assert response.status_code == status
    assert read(response, Error).error
