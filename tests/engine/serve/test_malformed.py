"""No request makes the server fail: what is malformed is the client's error, and said so."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slipway.bundle import Model

from .bodies import Body
from .process import Server, assert_refused

ROWS_MAXIMUM = 5000


NO_JSON: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "blank": lambda _: b" " * 500_000,
    "brace": lambda _: b"{",
    "cut": lambda valid: valid[: len(valid) // 2],
    "followed": lambda valid: valid + b"]",
    "twice": lambda valid: valid * 2,
    "trailing comma": lambda valid: valid[:-1] + b",}",
    "comment": lambda valid: b"/* rows */" + valid,
    "single quotes": lambda valid: valid.replace(b'"', b"'"),
    "bare names": lambda valid: valid.replace(b'"', b""),
    "form": lambda _: b"rows=1&inputs=2",
    "UTF-16": lambda valid: valid.decode().encode("utf-16"),
    "byte order mark": lambda valid: b"\xef\xbb\xbf" + valid,
    "Latin-1": lambda valid: valid.replace(b'": "', b'": "\xe9', 3),
    "NUL": lambda valid: valid.replace(b'": "', b'": "\x00', 3),
    "lone surrogate": lambda valid: valid.replace(b'": "', b'": "\\ud800', 3),
    "unfinished escape": lambda valid: valid.replace(b'": "', b'": "\\u12', 3),
    "gzip": lambda valid: gzip.compress(valid),
    "20,000 arrays deep": lambda _: b"[" * 20_000 + b"]" * 20_000,
    "unclosed arrays": lambda _: b"[" * 1_000_000,
    "deep in an unknown field": lambda valid: valid[:-1] + b', "a": ' + b'{"a":' * 99_999,
}


@pytest.mark.parametrize("case", NO_JSON)
def test_what_is_no_json_is_refused(server: Server, route: str, valid: Body, case: str) -> None:
    assert_refused(server, route, NO_JSON[case](json.dumps(valid).encode()))


@pytest.mark.parametrize("body", ["null", "[]", "{}", '"text"', "42", "true", "[{}]", '{"a": 1}'])
def test_another_document_is_refused(server: Server, route: str, body: str) -> None:
    assert_refused(server, route, body.encode())


Change = Callable[[list[Any]], Any]

NO_TENSORS: dict[str, Change] = {
    "none": lambda _: [],
    "null": lambda _: None,
    "an object": lambda tensors: {tensor["name"]: tensor for tensor in tensors},
    "null among them": lambda tensors: [*tensors, None],
    "one missing": lambda tensors: tensors[:-1],
    "one twice": lambda tensors: [*tensors, tensors[0]],
    "an unknown one": lambda tensors: [*tensors, {**tensors[0], "name": "other"}],
    "no name": lambda tensors: [{**tensors[0], "name": None}, *tensors[1:]],
}
NO_TENSOR: dict[str, Body] = {
    "other datatype": {"datatype": "INT32"},
    "datatype in lower case": {"datatype": "fp32"},
    "datatype a number": {"datatype": 7},
    "no shape": {"shape": None},
    "empty shape": {"shape": []},
    "no rows": {"shape": [0], "data": []},
    "negative shape": {"shape": [-3]},
    "more rows than values": {"shape": [4]},
    "fewer rows than values": {"shape": [2]},
    "two columns": {"shape": [3, 2]},
    "three dimensions": {"shape": [3, 1, 1]},
    "huge shape": {"shape": [10**18]},
    "400 digits in the shape": {"shape": [10**400]},
    "fraction in the shape": {"shape": [3.5]},
    "text in the shape": {"shape": ["3"]},
    "no data": {"data": None},
    "data is a number": {"data": 5},
    "data is an object": {"data": {"0": 5}},
    "ragged data": {"shape": [3, 1], "data": [[1], [1, 2], []]},
    "data too deep": {"shape": [3, 1], "data": [[[1]], [[1]], [[1]]]},
}
NO_REQUEST: dict[str, Body] = {
    "id is a number": {"id": 42},
    "outputs are an object": {"outputs": {}},
    "an output without a name": {"outputs": [{}]},
    "an unknown output": {"outputs": [{"name": "other"}]},
}


@pytest.mark.parametrize("case", NO_TENSORS)
def test_wrong_tensors_are_refused(
    server: Server, infer_path: str, request_body: Body, case: str
) -> None:
    body = {"inputs": NO_TENSORS[case](request_body["inputs"])}
    assert_refused(server, infer_path, json.dumps(body).encode())


@pytest.mark.parametrize("index", [0, -1], ids=["first", "last"])
@pytest.mark.parametrize("case", NO_TENSOR)
def test_a_wrong_tensor_is_refused(
    server: Server, infer_path: str, request_body: Body, case: str, index: int
) -> None:
    request_body["inputs"][index] |= NO_TENSOR[case]
    assert_refused(server, infer_path, json.dumps(request_body).encode())


@pytest.mark.parametrize("case", NO_REQUEST)
def test_a_wrong_request_is_refused(
    server: Server, infer_path: str, request_body: Body, case: str
) -> None:
    assert_refused(server, infer_path, json.dumps(request_body | NO_REQUEST[case]).encode())


@pytest.mark.parametrize("rows", [None, {}, [], [None], [[]], [5], ["row"], [{}]])
def test_wrong_rows_are_refused(server: Server, rows: object) -> None:
    assert_refused(server, "/v1/predictions", json.dumps({"rows": rows}).encode())


def test_too_many_rows_are_refused(server: Server, infer_path: str, request_body: Body) -> None:
    tensors = [
        {**tensor, "shape": [ROWS_MAXIMUM + 1], "data": tensor["data"][:1] * (ROWS_MAXIMUM + 1)}
        for tensor in request_body["inputs"]
    ]
    response = assert_refused(server, infer_path, json.dumps({"inputs": tensors}).encode())
    assert str(ROWS_MAXIMUM) in response.json()["error"]


def test_of_a_name_given_twice_the_last_value_counts(
    server: Server, rows: list[Body], model: Model
) -> None:
    ranged = [spec for spec in model.manifest.inputs if spec.minimum is not None]
    name = next(spec.name for spec in ranged if not spec.nullable)
    row = json.dumps(rows[0])
    twice = f'{{"rows": [{{"{name}": {rows[1][name]}, {row[1:]}]}}'
    answers = [
        server.client.post("/v1/predictions", content=body).json()["predictions"]
        for body in (twice, json.dumps({"rows": rows[:1]}))
    ]
    assert answers[0] == answers[1]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)


@settings(
    derandomize=True,
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_no_json_at_all_makes_the_server_fail(
    server: Server, route: str, valid: Body, data: st.DataObject
) -> None:
    body = data.draw(st.one_of(values, st.just(None).flatmap(lambda _: changed(valid))))
    response = server.client.post(route, content=json.dumps(body))
    assert response.status_code < 500, response.text
    assert response.is_success or list(response.json()) == ["error"]


@st.composite
def changed(draw: st.DrawFn, valid: Body) -> Any:
    """Return a valid body with something else in one place, however deep."""
    copy = json.loads(json.dumps(valid))
    inner: Any = copy
    while isinstance(inner, dict | list) and inner:
        keys = list(inner) if isinstance(inner, dict) else range(len(inner))
        key = draw(st.sampled_from(list(keys)))
        if draw(st.booleans()) or not isinstance(inner[key], dict | list):
            inner[key] = draw(values)
            break
        inner = inner[key]
    return copy


def test_an_error_does_not_repeat_a_long_request(server: Server, rows: list[Body]) -> None:
    body = json.dumps({"rows": [{**rows[0], "x" * 100_000: 1}]}).encode()
    assert len(assert_refused(server, "/v1/predictions", body).content) < 1000


def test_none_of_this_was_counted_as_a_failure(server: Server, route: str) -> None:
    assert_refused(server, route, b"{")  # the others may have run elsewhere
    assert 'status="4' in server.client.get("/metrics").text
    assert 'status="5' not in server.client.get("/metrics").text
