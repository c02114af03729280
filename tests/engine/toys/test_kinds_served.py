"""What a server says of a number with its interval, and of one of three classes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from letters import source
from starlette.testclient import TestClient

from slipway import bundle
from slipway.contract.baseline import NumberBaseline
from slipway.errors import ProjectError
from slipway.serve import app
from slipway.serve.limits import Traffic
from slipway.serve.settings import ServeSettings
from slipway.testing.requests import bodies
from tests.engine.serve.unsound import overflowing
from tests.engine.toys.kit import APRIL, CLASSES, MAY, NUMBER, Kind, Training

ROWS = 30
OUTPUTS = {
    "regression": [(name, "FP32", [ROWS]) for name in ("value", "lower", "upper")],
    "multiclass": [
        ("class", "BYTES", [ROWS]),
        ("probability", "FP32", [ROWS]),
        ("probabilities", "FP32", [ROWS, 3]),
    ],
}


@pytest.fixture
def client(first: Training) -> Iterator[TestClient]:
    """Return a client of the first model's server."""
    settings = ServeSettings(model_dir=first.bundle, capture_store="")
    with TestClient(app.create(bundle.load(first.bundle), settings, Traffic())) as client:
        yield client


@pytest.fixture
def asked(first: Training) -> list[dict[str, Any]]:
    """Return rows of the source as clients send them."""
    inputs = bundle.read_manifest(first.bundle).inputs
    return list(bodies(source.read_features(APRIL, MAY).head(ROWS), inputs))


def infer(client: TestClient, asked: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Ask by the protocol and return its answer."""
    name = client.get("/v2").json()["name"]
    inputs = client.get(f"/v2/models/{name}").json()["inputs"]
    tensors = [
        {
            "name": tensor["name"],
            "datatype": tensor["datatype"],
            "shape": [len(asked)],
            "data": [row[tensor["name"]] for row in asked],
        }
        for tensor in inputs
    ]
    response = client.post(f"/v2/models/{name}/infer", json={"inputs": tensors, **more})
    answer: dict[str, Any] = response.raise_for_status().json()
    return answer


def test_the_outputs_of_the_protocol_are_named_and_typed_by_the_task(
    client: TestClient, asked: list[dict[str, Any]], kind: Kind
) -> None:
    outputs = infer(client, asked)["outputs"]
    said = [(output["name"], output["datatype"], output["shape"]) for output in outputs]
    assert said == OUTPUTS[kind.name]


def test_both_routes_give_the_same_answers(client: TestClient, asked: list[dict[str, Any]]) -> None:
    typed = client.post("/v1/predictions", json={"rows": asked}).json()["predictions"]
    for output in infer(client, asked)["outputs"]:
        assert output["data"] == [prediction[output["name"]] for prediction in typed]


def test_a_row_alone_is_answered_as_among_others(
    client: TestClient, asked: list[dict[str, Any]]
) -> None:
    together = client.post("/v1/predictions", json={"rows": asked}).json()["predictions"]
    alone = client.post("/v1/predictions", json={"rows": asked[7:8]}).json()["predictions"]
    assert alone == together[7:8]


def test_what_each_input_adds_is_told_of_the_number_or_of_each_class(
    client: TestClient, asked: list[dict[str, Any]], kind: Kind
) -> None:
    body = {"rows": asked[:4], "explain": True}
    for one in client.post("/v1/predictions", json=body).json()["predictions"]:
        sums = {
            name: part["base"] + sum(part["contributions"].values())
            for name, part in one["explanation"].items()
        }
        classes = dict(zip(CLASSES, one.get("probabilities", []), strict=False))
        assert sums == pytest.approx({"value": one["value"]} if kind is NUMBER else classes)


def test_only_what_is_asked_for_is_told(client: TestClient, asked: list[dict[str, Any]]) -> None:
    for name in bundle_outputs(client):
        (output,) = infer(client, asked, outputs=[{"name": name}])["outputs"]
        assert output["name"] == name


def bundle_outputs(client: TestClient) -> list[str]:
    about = client.get("/v2/models/" + client.get("/v2").json()["name"]).json()
    return [output["name"] for output in about["outputs"]]


def test_the_metadata_name_the_classes_in_the_order_of_their_probabilities(
    client: TestClient, kind: Kind
) -> None:
    about = client.get("/v2/models/" + client.get("/v2").json()["name"]).json()
    shapes = {output["name"]: output["shape"] for output in about["outputs"]}
    if kind is NUMBER:
        assert shapes == {"value": [-1], "lower": [-1], "upper": [-1]}
    else:
        assert shapes == {"class": [-1], "probability": [-1], "probabilities": [-1, 3]}
        assert about["outputs"][2]["parameters"] == {"columns": CLASSES}


def test_the_document_of_the_typed_route_says_which_classes_there_are(
    client: TestClient, kind: Kind
) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    answer = schemas["Prediction"]["properties"]
    if kind is NUMBER:
        assert {answer[name]["type"] for name in ("value", "lower", "upper")} == {"number"}
    else:
        assert sorted(answer["class"]["enum"]) == sorted(CLASSES)
        assert answer["probabilities"]["items"] == {"type": "number"}


def test_an_answer_that_is_no_finite_number_fails_the_request(
    first: Training, asked: list[dict[str, Any]]
) -> None:
    unsound = overflowing(bundle.load(first.bundle))
    settings = ServeSettings(model_dir=first.bundle, capture_store="")
    with TestClient(app.create(unsound, settings, Traffic())) as client:
        response = client.post("/v1/predictions", json={"rows": asked})
        counted = client.get("/metrics").text.splitlines()
    assert response.status_code == 500
    assert response.json()["error"].startswith(f"the model answered 1 of {ROWS} rows with")
    assert "predictions_not_finite_total 1.0" in counted


def test_rows_are_counted_by_the_class_that_they_were_answered(
    client: TestClient, asked: list[dict[str, Any]], kind: Kind
) -> None:
    infer(client, asked)
    lines = client.get("/metrics").text.splitlines()
    counted = [line for line in lines if line.startswith("predictions_classified_total{")]
    rows = sum(float(line.rpartition(" ")[2]) for line in counted)
    assert rows == (0 if kind is NUMBER else ROWS)


def test_the_answers_are_spread_over_the_buckets_of_the_training(
    client: TestClient, asked: list[dict[str, Any]], first: Training, kind: Kind
) -> None:
    infer(client, asked)
    name = "predicted_value" if kind is NUMBER else "predicted_probability"
    samples = dict(
        line.rsplit(" ", 1)
        for line in client.get("/metrics").text.splitlines()
        if line.startswith(f"{name}_")
    )
    column = bundle.read_manifest(first.bundle).baseline.predictions[name.replace("_", " ")]
    assert isinstance(column, NumberBaseline)
    rows = [float(samples[f'{name}_bucket{{le="{edge}"}}']) for edge in (*column.edges, "+Inf")]
    assert rows == sorted(rows)
    assert 0 < rows[len(rows) // 2] < rows[-1] == float(samples[f"{name}_count"]) == ROWS


def test_a_manifest_of_another_task_setting_than_the_code_knows_is_refused(
    first: Training, tmp_path: Path
) -> None:
    path = tmp_path / bundle.MANIFEST_FILE
    text = (first.bundle / bundle.MANIFEST_FILE).read_text()
    path.write_text(
        text.replace('"name": "multiclass"', '"name": "ranks"').replace(
            '"name": "regression"', '"name": "ranks"'
        )
    )
    (tmp_path / bundle.MODEL_FILE).write_bytes((first.bundle / bundle.MODEL_FILE).read_bytes())
    with pytest.raises(ProjectError, match="There is no task 'ranks'"):
        bundle.load(tmp_path)
