"""Frames to messages and back with the standard library alone.

Reading has two steps that the server shares and splits: `open_frames` checks what can be checked without knowing the
verb (sizes, JSON, depth, duplicate names, version, body checksum), `decode` then builds the typed message. The
server replaces the second step by msgspec (headsmith_server.broker.wire); tests hold both to the same answers.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any, TypeVar, cast, get_type_hints

from headsmith_shared import strict_json
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol.checks import bad_message, uuid_text
from headsmith_shared.protocol.ids import uuid7
from headsmith_shared.protocol.limits import (
    MAX_BODY_BYTES,
    MAX_CONTAINERS,
    MAX_HEADER_BYTES,
    VERSION,
    VERSION_MAJOR,
)
from headsmith_shared.protocol.messages import MESSAGES, Chunk, Message
from headsmith_shared.protocol.typed import typed_value

T = TypeVar("T")
Body = bytes | memoryview


@dataclass(frozen=True)
class Envelope:
    """A message with what surrounds it: its own id, the id it answers (`re`, may be "") and its body."""

    message: Message
    id: str
    re: str = ""
    body: Body = b""


@dataclass(frozen=True)
class OpenedFrames:
    """A header that is sound JSON of this protocol version, not yet typed."""

    verb: str
    id: str
    re: str
    fields: dict[str, Any]
    body: Body


def encode(message: Message, *, id: str = "", re: str = "", body: Body | None = None) -> list[Body]:
    """The frames of a message. id: made when empty. A body is required with CHUNK and refused with all else."""
    if (body is not None) != isinstance(message, Chunk):
        raise bad_message("exactly CHUNK carries a body")
    header: dict[str, Any] = {"v": VERSION, "t": message.verb, "id": id or uuid7()}
    if re:
        header["re"] = re
    if body is not None:
        if len(body) > MAX_BODY_BYTES:
            raise HeadsmithError(ErrorCode.TOO_LARGE, f"message body of {len(body)} bytes", "send smaller chunks")
        header["crc"] = zlib.crc32(body)
    header.update(_plain(message))
    try:
        raw = strict_json.dumps(header)
    except HeadsmithError as error:
        raise bad_message(error.message) from None
    if len(raw) > MAX_HEADER_BYTES:
        raise HeadsmithError(
            ErrorCode.TOO_LARGE,
            f"a {message.verb} header of {len(raw)} bytes is over the limit of {MAX_HEADER_BYTES}",
            "shorten its texts",
        )
    return [raw] if body is None else [raw, body]


def decode(frames: Sequence[Body], allowed: Iterable[type[Message]]) -> Envelope:
    """The message in `frames`, which must be one of `allowed`.

    Raises HeadsmithError: BAD_MESSAGE, TOO_LARGE, UNSUPPORTED (unknown verb) or VERSION_MISMATCH (other major).
    """
    opened = open_frames(frames)
    kind = message_type(opened, allowed)
    return Envelope(build(kind, opened.fields), opened.id, opened.re, opened.body)


def open_frames(frames: Sequence[Body]) -> OpenedFrames:
    """Checks everything about a message that does not depend on its verb's fields."""
    if not 1 <= len(frames) <= 2:
        raise bad_message(f"{len(frames)} frames, a message has one or two")
    header = parse_header(bytes(frames[0][: MAX_HEADER_BYTES + 1]))
    body = frames[1] if len(frames) == 2 else None
    version, verb, id_, re = (_text(header, name) for name in ("v", "t", "id", "re"))
    major, dot, minor = version.partition(".")
    if not (dot and major.isascii() and major.isdigit() and minor.isascii() and minor.isdigit() and len(version) < 16):
        raise bad_message("v is not major.minor")
    if int(major) != VERSION_MAJOR:
        raise HeadsmithError(
            ErrorCode.VERSION_MISMATCH,
            f"the peer speaks protocol {version}, this side {VERSION_MAJOR}.x",
            "install the same Headsmith version on both sides",
        )
    uuid_text("id", id_)
    if re:
        uuid_text("re", re)
    if body is not None:
        if len(body) > MAX_BODY_BYTES:
            raise HeadsmithError(ErrorCode.TOO_LARGE, f"message body of {len(body)} bytes", "send smaller chunks")
        if type(header.get("crc")) is not int or header["crc"] != zlib.crc32(body):
            raise bad_message("the body's checksum does not match")
    if (body is not None) != (verb == Chunk.verb):
        raise bad_message("exactly CHUNK carries a body")
    return OpenedFrames(verb, id_, re, header, b"" if body is None else body)


def message_id(frames: Sequence[Body]) -> str:
    """The id in a header that may be wrong in every other way, for an answer to it; "" when there is none."""
    try:
        id_ = _text(parse_header(bytes(frames[0][: MAX_HEADER_BYTES + 1])), "id")
        uuid_text("id", id_)
    except (HeadsmithError, IndexError):
        return ""
    return id_


def message_type(opened: OpenedFrames, allowed: Iterable[type[Message]]) -> type[Message]:
    """The class of the verb; HeadsmithError(UNSUPPORTED) when unknown, BAD_MESSAGE when it is the other side's."""
    kind = MESSAGES.get(opened.verb)
    if kind is None:
        raise HeadsmithError(
            ErrorCode.UNSUPPORTED,
            f"the verb {opened.verb[:32]!r} is not known here",
            "install the same Headsmith version on both sides",
        )
    if kind not in allowed:
        raise bad_message(f"{kind.verb} is not for this side")
    return kind


def parse_header(raw: bytes) -> dict[str, Any]:
    """A JSON object within the protocol's limits: size, depth, counts, no duplicate names, finite numbers."""
    if len(raw) > MAX_HEADER_BYTES:
        raise HeadsmithError(ErrorCode.TOO_LARGE, f"header over {MAX_HEADER_BYTES} bytes", "shorten its texts")
    if raw.count(b"[") + raw.count(b"{") > MAX_CONTAINERS:
        raise bad_message(f"header with more than {MAX_CONTAINERS} objects and arrays")
    try:
        header = strict_json.loads(raw, "header", MAX_HEADER_BYTES)
    except HeadsmithError as error:
        raise bad_message(error.message) from None
    if not isinstance(header, dict):
        raise bad_message("header is not an object")
    return header


def build(kind: type[T], values: dict[str, Any]) -> T:
    """An instance of a dataclass from plain JSON values, types checked strictly; unknown names are ignored."""
    arguments: dict[str, Any] = {}
    for name, (hint, required) in _typed_fields(kind).items():
        if name in values:
            arguments[name] = typed_value(name, values[name], hint, build)
        elif required:
            raise bad_message(f"{getattr(kind, 'verb', kind.__name__)} lacks {name}")
    return kind(**arguments)


@cache
def _typed_fields(kind: type) -> dict[str, tuple[Any, bool]]:
    hints = get_type_hints(kind)
    return {
        field.name: (hints[field.name], field.default is MISSING and field.default_factory is MISSING)
        for field in fields(kind)
    }


def _plain(value: Any) -> dict[str, Any]:
    """Fields of a dataclass as plain JSON; those at their default are left out."""
    plain: dict[str, Any] = {}
    for field in fields(value):
        member = getattr(value, field.name)
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        if default is MISSING or member != default or type(member) is not type(default):
            plain[field.name] = _plain_value(member)
    return plain


def _plain_value(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return _plain(value)
    if isinstance(value, tuple):
        return [_plain_value(item) for item in cast("tuple[Any, ...]", value)]
    return value


def _text(header: dict[str, Any], name: str) -> str:
    value = header.get(name, "")
    if not isinstance(value, str):
        raise bad_message(f"{name} is not text")
    return value
