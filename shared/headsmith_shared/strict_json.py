"""JSON from strangers: no NaN, no duplicate names, no depth bombs; and typed reading of its objects."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from headsmith_shared import limits
from headsmith_shared.asset import Json, JsonValue
from headsmith_shared.errors import ErrorCode, HeadsmithError

__all__ = ["Fields", "Json", "JsonValue", "check", "dumps", "loads"]

_MAX_INTEGER: Final = 2**63


def dumps(value: object) -> bytes:
    """Compact UTF-8 JSON with sorted names; equal values give equal bytes. Floats round-trip exactly.

    Raises HeadsmithError BAD_INPUT for NaN, infinities, lone surrogates and values that JSON does not know.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
        return text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise HeadsmithError(ErrorCode.BAD_INPUT, f"a value cannot be written as JSON: {error}") from error


def loads(data: bytes, what: str = "JSON", max_bytes: int = limits.MAX_JSON_BYTES) -> JsonValue:
    """The value in `data` (UTF-8). Raises HeadsmithError BAD_FILE or TOO_LARGE naming `what`."""
    if len(data) > max_bytes:
        raise HeadsmithError(ErrorCode.TOO_LARGE, f"{what}: {len(data)} bytes of JSON, {max_bytes} at most")
    try:
        value = json.loads(
            data.decode("utf-8"),
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_bounded,
            object_pairs_hook=_unique,
        )
    except RecursionError as error:
        raise HeadsmithError(ErrorCode.BAD_FILE, f"{what}: JSON nested too deeply") from error
    except ValueError as error:
        raise HeadsmithError(ErrorCode.BAD_FILE, f"{what}: not valid JSON, {error}") from error
    check(value, what)
    return value


def check(value: object, what: str) -> None:
    """Raise HeadsmithError BAD_FILE unless `value` is plain finite JSON at most MAX_JSON_DEPTH deep."""
    level: list[object] = [value]
    for _ in range(limits.MAX_JSON_DEPTH):
        deeper: list[object] = []
        for item in level:
            _check_scalar(item, what)
            if isinstance(item, dict):
                members = cast("dict[object, object]", item)
                if not all(isinstance(key, str) for key in members):
                    raise HeadsmithError(ErrorCode.BAD_FILE, f"{what}: a JSON name is not text")
                deeper.extend(members)
                deeper.extend(members.values())
            elif isinstance(item, list):
                deeper.extend(cast("list[object]", item))
        if not deeper:
            return
        level = deeper
    raise HeadsmithError(ErrorCode.BAD_FILE, f"{what}: JSON nested too deeply")


def _check_scalar(item: object, what: str) -> None:
    if item is None or isinstance(item, bool | dict | list):
        return
    if isinstance(item, str):
        try:
            item.encode("utf-8")
        except UnicodeEncodeError as error:
            raise HeadsmithError(ErrorCode.BAD_FILE, f"{what}: text that is not valid Unicode") from error
    elif isinstance(item, float):
        if not math.isfinite(item):
            raise HeadsmithError(ErrorCode.BAD_FILE, f"{what}: a number that is not finite")
    elif isinstance(item, int):
        if not -_MAX_INTEGER <= item < _MAX_INTEGER:
            raise HeadsmithError(ErrorCode.BAD_FILE, f"{what}: an integer beyond 64 bits")
    else:
        raise HeadsmithError(ErrorCode.BAD_FILE, f"{what}: {type(item).__name__} is not plain JSON")


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not allowed")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number beyond the range of float64")
    return value


def _bounded(text: str) -> int:
    if len(text) > 20:
        raise ValueError("an integer beyond 64 bits")
    return int(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a name occurs twice in one object")
    return result


class Fields:
    """Typed reading of one JSON object; every accessor raises HeadsmithError BAD_FILE naming place and field.

    `finish` refuses names that nobody asked for.
    """

    def __init__(self, value: JsonValue, where: str) -> None:
        if not isinstance(value, dict):
            raise HeadsmithError(ErrorCode.BAD_FILE, f"{where}: an object was expected")
        self._left: Json = dict(value)
        self._where = where

    def take(self, name: str) -> JsonValue:
        """The value of that name, whatever it is."""
        if name not in self._left:
            raise self._bad(name, "is missing")
        return self._left.pop(name)

    def text(self, name: str, longest: int = limits.MAX_TEXT) -> str:
        """A string of at most `longest` characters."""
        value = self.take(name)
        if not isinstance(value, str):
            raise self._bad(name, "must be text")
        if len(value) > longest:
            raise self._bad(name, f"is longer than {longest} characters")
        return value

    def optional_text(self, name: str) -> str | None:
        """A string or null."""
        if self._left.get(name, ...) is None:
            return cast("None", self.take(name))
        return self.text(name)

    def integer(self, name: str) -> int:
        """An integer (a boolean is none)."""
        value = self.take(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._bad(name, "must be an integer")
        return value

    def number(self, name: str) -> float:
        """A finite number, as float."""
        return self._number(name, self.take(name))

    def numbers(self, name: str, count: int) -> tuple[float, ...]:
        """Exactly `count` numbers."""
        values = self.items(name, count)
        if len(values) != count:
            raise self._bad(name, f"must hold {count} numbers")
        return tuple(self._number(name, value) for value in values)

    def integers(self, name: str, most: int = limits.MAX_ARRAY_DIMENSIONS * 2) -> list[int]:
        """A list of integers."""
        values = self.items(name, most)
        if not all(isinstance(value, int) and not isinstance(value, bool) for value in values):
            raise self._bad(name, "must hold integers")
        return cast("list[int]", values)

    def texts(self, name: str, most: int) -> tuple[str, ...]:
        """A list of strings."""
        values = self.items(name, most)
        if not all(isinstance(value, str) for value in values):
            raise self._bad(name, "must hold text")
        return cast("tuple[str, ...]", tuple(values))

    def items(self, name: str, most: int) -> list[JsonValue]:
        """A list of at most `most` values."""
        value = self.take(name)
        if not isinstance(value, list):
            raise self._bad(name, "must be a list")
        if len(value) > most:
            raise HeadsmithError(ErrorCode.TOO_LARGE, f"{self._where}: {name} has {len(value)} items, {most} at most")
        return value

    def objects(self, name: str, most: int) -> Iterator[Fields]:
        """A list of objects, each to be read as Fields."""
        for index, value in enumerate(self.items(name, most)):
            yield Fields(value, f"{self._where}: {name}[{index}]")

    def json(self, name: str) -> Json:
        """Any JSON object."""
        value = self.take(name)
        if not isinstance(value, dict):
            raise self._bad(name, "must be an object")
        return value

    def number_map(self, name: str) -> dict[str, float]:
        """An object of numbers."""
        return {key: self._number(name, value) for key, value in self.json(name).items()}

    def text_map(self, name: str) -> dict[str, str]:
        """An object of strings."""
        value: Mapping[str, JsonValue] = self.json(name)
        if not all(isinstance(item, str) for item in value.values()):
            raise self._bad(name, "must hold text")
        return cast("dict[str, str]", value)

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """One of the allowed words."""
        value = self.text(name)
        if value not in allowed:
            raise self._bad(name, f"must be one of {', '.join(allowed)}")
        return value

    def finish(self) -> None:
        """Refuse what nobody asked for."""
        if self._left:
            raise self._bad(next(iter(self._left))[:40], "is not known in this version")

    def _number(self, name: str, value: JsonValue) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self._bad(name, "must be a number")
        return float(value)

    def _bad(self, name: str, cause: str) -> HeadsmithError:
        return HeadsmithError(ErrorCode.BAD_FILE, f"{self._where}: {name} {cause}")
