"""Bounds of message fields. Each raises HeadsmithError(BAD_MESSAGE) that names the field."""

from __future__ import annotations

import math

from headsmith_shared import strict_json
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol.ids import SHA256_PATTERN, UUID_PATTERN


def bad_message(text: str) -> HeadsmithError:
    """The error for a message that breaks the protocol."""
    return HeadsmithError(ErrorCode.BAD_MESSAGE, f"bad message: {text}", "use client and server of the same version")


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


def plain_json(field: str, value: object) -> None:
    """Plain finite JSON, not too deep (see strict_json.check)."""
    try:
        strict_json.check(value, field)
    except HeadsmithError as error:
        raise bad_message(error.message) from None


def _encodable(field: str, value: str) -> None:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise bad_message(f"{field} holds half a character (a lone surrogate)") from None
