"""Bounds of message fields. Each raises HeadsmithError(BAD_MESSAGE) that names the field."""

from __future__ import annotations

import math
from typing import Any

from ..errors import ErrorCode, HeadsmithError
from .ids import SHA256_PATTERN, UUID_PATTERN
from .limits import MAX_DEPTH, MAX_INT, MAX_ITEMS


def bad_message(text: str) -> HeadsmithError:
    """The error for a message that breaks the protocol."""
    return HeadsmithError(
        ErrorCode.BAD_MESSAGE, f"bad message: {text}", "use client and server of the same version"
    )


def bounded_int(field: str, value: int, least: int, most: int) -> None:
    """least <= value <= most."""
    if not least <= value <= most:
        raise bad_message(f"{field} is not within {least}..{most}")


def bounded_float(field: str, value: float, least: float, most: float) -> None:
    """Finite and least <= value <= most."""
    if not (math.isfinite(value) and least <= value <= most):
        raise bad_message(f"{field} is not within {least:g}..{most:g}")


def bounded_text(field: str, value: str, least: int, most: int) -> None:
    """least <= characters <= most, and encodable as UTF-8."""
    if not least <= len(value) <= most:
        raise bad_message(f"{field} has {len(value)} characters, allowed are {least}..{most}")
    _encodable(field, value)


def bounded_count(field: str, count: int, most: int, *, least: int = 0) -> None:
    """least <= count <= most."""
    if not least <= count <= most:
        raise bad_message(f"{field} has {count} entries, allowed are {least}..{most}")


def uuid_text(field: str, value: str) -> None:
    """A UUID in lower-case text."""
    if UUID_PATTERN.fullmatch(value) is None:
        raise bad_message(f"{field} is not a UUID")


def sha256_hash(field: str, value: str) -> None:
    """64 lower-case hex digits."""
    if SHA256_PATTERN.fullmatch(value) is None:
        raise bad_message(f"{field} is not a sha256 in hex")


def plain_json(field: str, value: Any, depth: int = 0) -> None:
    """None, bool, int, finite float, str, list or dict with text keys; MAX_DEPTH deep, MAX_ITEMS wide."""
    if depth > MAX_DEPTH:
        raise bad_message(f"{field} is nested deeper than {MAX_DEPTH}")
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        _encodable(field, value)
    elif isinstance(value, int):
        bounded_int(field, value, -MAX_INT - 1, MAX_INT)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise bad_message(f"{field} holds a number that is not finite")
    elif isinstance(value, list):
        bounded_count(field, len(value), MAX_ITEMS)
        for item in value:
            plain_json(field, item, depth + 1)
    elif isinstance(value, dict):
        bounded_count(field, len(value), MAX_ITEMS)
        for key, item in value.items():
            if not isinstance(key, str):
                raise bad_message(f"{field} has a key that is not text")
            _encodable(field, key)
            plain_json(field, item, depth + 1)
    else:
        raise bad_message(f"{field} holds a {type(value).__name__}, which is not plain JSON")


def _encodable(field: str, value: str) -> None:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise bad_message(f"{field} holds half a character (a lone surrogate)") from None
