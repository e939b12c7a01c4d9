"""Bit-exact comparison of nested dataclasses with arrays: NaN equals NaN of the same bits, -0.0 is not
0.0."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np

from headsmith_shared.errors import HeadsmithError

Value = TypeVar("Value")


def assert_identical(first: Any, second: Any, where: str = "") -> None:
    """AssertionError naming the first place where type, shape, dtype or any bit differs (-0.0 is not 0.0)."""
    if isinstance(first, np.ndarray):
        assert isinstance(second, np.ndarray), where
        assert (first.dtype, first.shape) == (second.dtype, second.shape), where
        assert first.tobytes() == second.tobytes(), where
    elif dataclasses.is_dataclass(first):
        assert type(first) is type(second), where
        for field in dataclasses.fields(first):
            assert_identical(getattr(first, field.name), getattr(second, field.name), f"{where}.{field.name}")
    elif isinstance(first, Mapping):
        assert set(first) == set(second), where
        for key in first:
            assert_identical(first[key], second[key], f"{where}[{key!r}]")
    elif isinstance(first, tuple | list):
        assert len(first) == len(second), where
        for index, (left, right) in enumerate(zip(first, second, strict=True)):
            assert_identical(left, right, f"{where}[{index}]")
    else:
        assert (type(first), repr(first)) == (type(second), repr(second)), where


def value_or_error(call: Callable[[], Value]) -> Value | HeadsmithError:
    """What the call returns, or the named error it raises; any other exception is the test's failure."""
    try:
        return call()
    except HeadsmithError as error:
        return error
