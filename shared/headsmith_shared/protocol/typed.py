"""Plain JSON values checked against Python annotations, as strictly as msgspec.convert does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin

from headsmith_shared.protocol.checks import bad_message


def typed_value(field: str, value: Any, hint: Any, build: Callable[[type, dict[str, Any]], Any]) -> Any:
    """`value` as `hint` says, or HeadsmithError(BAD_MESSAGE).

    Known hints: Any, str, int, float (an int is taken too), bool, None, Literal, X | None, tuple[X, ...],
    dict[str, X] and dataclasses, which `build` makes. A bool is never a number.
    """
    if hint is Any:
        return value
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        inner = [member for member in get_args(hint) if member is not NoneType]
        if len(inner) != 1:
            raise TypeError(f"{field}: only X | None is understood, not {hint}")
        return None if value is None else typed_value(field, value, inner[0], build)
    if origin is Literal:
        if not any(value == choice and type(value) is type(choice) for choice in get_args(hint)):
            raise bad_message(f"{field} is none of {', '.join(map(str, get_args(hint)))}")
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise _wrong(field, "an array")
        item = get_args(hint)[0]
        return tuple(typed_value(field, member, item, build) for member in cast("list[Any]", value))
    if origin is dict:
        if not isinstance(value, dict):
            raise _wrong(field, "an object")
        item = get_args(hint)[1]
        return {key: typed_value(field, member, item, build) for key, member in cast("dict[str, Any]", value).items()}
    if is_dataclass(hint):
        if not isinstance(value, dict):
            raise _wrong(field, "an object")
        return build(cast("type", hint), cast("dict[str, Any]", value))
    if hint is float:
        if type(value) not in (int, float):
            raise _wrong(field, "a number")
        return float(value)
    if hint in (str, int, bool):
        if type(value) is not hint:
            raise _wrong(field, {str: "text", int: "an integer", bool: "true or false"}[hint])
        return value
    raise TypeError(f"{field}: annotation {hint!r} is not understood")


def _wrong(field: str, expected: str) -> Exception:
    return bad_message(f"{field} is not {expected}")
