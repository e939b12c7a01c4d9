"""JSON that comes from strangers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headsmith_shared import limits, strict_json
from headsmith_shared.errors import ErrorCode, HeadsmithError
from tests.shared.equality import assert_identical, value_or_error
from tests.shared.strategies import plain_json


@settings(max_examples=200, deadline=None)
@given(plain_json)
def test_plain_values_survive_exactly(value: Any) -> None:
    data = strict_json.dumps(value)
    assert_identical(value, strict_json.loads(data))
    assert strict_json.dumps(strict_json.loads(data)) == data


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60) | st.text('{}[]",:0123456789eE.-+\\utfn NaI', max_size=60).map(str.encode))
def test_noise_gives_a_value_or_a_named_error(data: bytes) -> None:
    value = value_or_error(lambda: strict_json.loads(data, "noise"))
    if isinstance(value, HeadsmithError):
        assert value.code is ErrorCode.BAD_FILE
        assert value.message.startswith("noise: ")
    else:
        assert value == json.loads(data)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": {1}}, b"x", "\ud800", object()])
def test_what_is_no_json_is_not_written(value: Any) -> None:
    with pytest.raises(HeadsmithError) as error:
        strict_json.dumps(value)
    assert error.value.code is ErrorCode.BAD_INPUT


def test_depth_is_allowed_up_to_the_limit_and_no_further() -> None:
    at_limit = b"[" * (limits.MAX_JSON_DEPTH - 1) + b"1" + b"]" * (limits.MAX_JSON_DEPTH - 1)
    strict_json.loads(at_limit)
    with pytest.raises(HeadsmithError, match="nested"):
        strict_json.loads(b"[" + at_limit + b"]")


@pytest.mark.parametrize(
    ("accessor", "bad"),
    [
        ("text", 1), ("text", None), ("optional_text", 1), ("integer", 1.0), ("integer", True), ("number", "1"),
        ("number", False), ("json", []), ("number_map", {"a": "b"}), ("text_map", {"a": 1}),
    ],
)  # fmt: skip
def test_fields_refuse_a_wrong_type_by_name(accessor: str, bad: Any) -> None:
    fields = strict_json.Fields({"width": bad}, "map 3")
    with pytest.raises(HeadsmithError, match=r"^map 3: width must") as error:
        getattr(fields, accessor)("width")
    assert error.value.code is ErrorCode.BAD_FILE


def test_fields_refuse_what_is_missing_and_what_nobody_asked_for() -> None:
    fields = strict_json.Fields({"a": 1, "b": 2}, "here")
    assert fields.integer("a") == 1
    with pytest.raises(HeadsmithError, match="a is missing"):
        fields.integer("a")
    with pytest.raises(HeadsmithError, match="b is not known"):
        fields.finish()


def test_an_integer_counts_as_a_number() -> None:
    assert repr(strict_json.Fields({"a": 3}, "here").number("a")) == "3.0"
