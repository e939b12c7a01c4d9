"""What is not a message gives a named error, the same from both readers, and never half an object."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headsmith_server.broker.wire import read_opened
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol import decode, encode, open_frames, uuid7
from headsmith_shared.protocol.limits import MAX_BODY_BYTES, MAX_HEADER_BYTES
from headsmith_shared.protocol.messages import MESSAGES, Cancel, Chunk, Message, Ping
from tests.shared.protocol.message_strategies import messages, plain_values

ALL = tuple(MESSAGES.values())
ID = uuid7()


def client_reads(frames: list[Any]) -> Message | ErrorCode:
    try:
        return decode(frames, ALL).message
    except HeadsmithError as error:
        return error.code if error.message else ErrorCode.JOB_FAILED  # an error without words is none


def server_reads(frames: list[Any]) -> Message | ErrorCode:
    try:
        return read_opened(open_frames(frames), ALL).message
    except HeadsmithError as error:
        return error.code if error.message else ErrorCode.JOB_FAILED


def both_read(frames: list[Any]) -> Message | ErrorCode:
    """What both readers make of the frames; they must agree."""
    result = client_reads(frames)
    assert result == server_reads(frames)
    return result


def header(**fields: Any) -> bytes:
    return json.dumps({"v": "1.0", "t": "PING", "id": ID, **fields}).encode()


def frames_of(message: Message) -> list[Any]:
    return encode(message, body=b"body" if isinstance(message, Chunk) else None)


@given(st.lists(st.binary(max_size=200), max_size=4))
@settings(max_examples=300, deadline=None)
def test_garbage(frames: list[bytes]) -> None:
    assert both_read(frames) in (ErrorCode.BAD_MESSAGE, ErrorCode.VERSION_MISMATCH, ErrorCode.UNSUPPORTED)


@given(messages, st.data())
@settings(max_examples=200, deadline=None)
def test_truncated(message: Message, data: st.DataObject) -> None:
    frames = frames_of(message)
    cut = data.draw(st.integers(0, len(frames[0]) - 1))
    assert both_read([frames[0][:cut], *frames[1:]]) is ErrorCode.BAD_MESSAGE


@given(messages, st.data())
@settings(max_examples=300, deadline=None)
def test_wrong_types_and_values(message: Message, data: st.DataObject) -> None:
    frames = frames_of(message)
    fields = json.loads(bytes(frames[0]))
    name = data.draw(st.sampled_from([*message.__dataclass_fields__, "v", "t", "id", "re", "crc"]))
    fields[name] = data.draw(plain_values)
    changed = json.dumps(fields).encode()
    result = both_read([changed, *frames[1:]])
    assert isinstance(result, Message | ErrorCode)


@given(messages, st.integers(0, 2000), st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_flipped_bytes(message: Message, place: int, value: int) -> None:
    frames = frames_of(message)
    flipped = bytearray(frames[0])
    flipped[place % len(flipped)] = value
    both_read([bytes(flipped), *frames[1:]])


@given(messages)
@settings(max_examples=60, deadline=None)
def test_frames_in_another_order(message: Message) -> None:
    frames = frames_of(message)
    if len(frames) == 2:
        assert both_read(frames[::-1]) is ErrorCode.BAD_MESSAGE
    assert both_read([*frames, b"more", b"more"]) is ErrorCode.BAD_MESSAGE
    assert both_read([]) is ErrorCode.BAD_MESSAGE


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", ErrorCode.BAD_MESSAGE),
        (b"[]", ErrorCode.BAD_MESSAGE),
        (b"null", ErrorCode.BAD_MESSAGE),
        (b"[" * 16_000, ErrorCode.BAD_MESSAGE),
        (b'{"a":' * 3_000, ErrorCode.BAD_MESSAGE),
        (b"[" * 500 + b"]" * 500, ErrorCode.BAD_MESSAGE),
        (header()[:-1] + b',"x":' + b"[" * 100 + b"]" * 100 + b"}", ErrorCode.BAD_MESSAGE),
        (header()[:-1] + b',"x":[' + b"[]," * 2000 + b"[]]}", ErrorCode.BAD_MESSAGE),
        (b" " * (MAX_HEADER_BYTES + 1), ErrorCode.TOO_LARGE),
        (header(x="y" * MAX_HEADER_BYTES), ErrorCode.TOO_LARGE),
        (header()[:-1] + b',"t":"PONG"}', ErrorCode.BAD_MESSAGE),
        (header()[:-1] + b',"x":{"y":1,"y":2}}', ErrorCode.BAD_MESSAGE),
        (header()[:-1] + b',"x":NaN}', ErrorCode.BAD_MESSAGE),
        (header()[:-1] + b',"x":-Infinity}', ErrorCode.BAD_MESSAGE),
        (header()[:-1] + b',"x":1e999}', ErrorCode.BAD_MESSAGE),
        (header()[:-1] + b',"x":' + b"9" * 5000 + b"}", ErrorCode.BAD_MESSAGE),
        (header()[:-1] + b',"x":9223372036854775808}', ErrorCode.BAD_MESSAGE),
        (header()[:-1] + b',"x":"\xff"}', ErrorCode.BAD_MESSAGE),
        (header()[:-1] + b',"x":"\\ud800"}', ErrorCode.BAD_MESSAGE),
        (header(t="DESTROY"), ErrorCode.UNSUPPORTED),
        (header(t=5), ErrorCode.BAD_MESSAGE),
        (header(v="2.0"), ErrorCode.VERSION_MISMATCH),
        (header(v="0.9"), ErrorCode.VERSION_MISMATCH),
        (header(v="one"), ErrorCode.BAD_MESSAGE),
        (header(v="1"), ErrorCode.BAD_MESSAGE),
        (header(v="9" * 5000 + ".0"), ErrorCode.BAD_MESSAGE),
        (header(id="../../etc/passwd"), ErrorCode.BAD_MESSAGE),
        (header(id=""), ErrorCode.BAD_MESSAGE),
        (header(re="x"), ErrorCode.BAD_MESSAGE),
        (header(t="CANCEL"), ErrorCode.BAD_MESSAGE),
        (header(t="CANCEL", job="../x"), ErrorCode.BAD_MESSAGE),
        (header(t="CANCEL", job=None), ErrorCode.BAD_MESSAGE),
        (header(t="CREDIT", bytes=True), ErrorCode.BAD_MESSAGE),
        (header(t="CREDIT", bytes=-1), ErrorCode.BAD_MESSAGE),
        (header(t="CREDIT", bytes=2**62), ErrorCode.BAD_MESSAGE),
        (header(t="CREDIT", bytes=1.0), ErrorCode.BAD_MESSAGE),
        (header(t="GET", hash="0" * 63 + "/"), ErrorCode.BAD_MESSAGE),
        (header(t="GET", hash="0" * 64 + "\n"), ErrorCode.BAD_MESSAGE),
        (header(t="GET", hash="A" * 64), ErrorCode.BAD_MESSAGE),
    ],
)
def test_hostile_headers(raw: bytes, code: ErrorCode) -> None:
    assert both_read([raw]) is code


def test_bodies_are_bounded_and_checked() -> None:
    chunk = {"t": "CHUNK", "hash": "0" * 64, "offset": 0, "size": 4}
    right = header(**chunk, crc=zlib.crc32(b"body"))
    assert isinstance(both_read([right, b"body"]), Chunk)
    assert both_read([right, b"bodY"]) is ErrorCode.BAD_MESSAGE
    assert both_read([header(**chunk), b"body"]) is ErrorCode.BAD_MESSAGE
    assert both_read([right]) is ErrorCode.BAD_MESSAGE
    assert both_read([header(), b"body"]) is ErrorCode.BAD_MESSAGE
    big = bytes(MAX_BODY_BYTES + 1)
    assert both_read([header(**chunk, crc=zlib.crc32(big)), big]) is ErrorCode.TOO_LARGE


def test_a_message_of_the_other_side_is_refused() -> None:
    with pytest.raises(HeadsmithError) as caught:
        decode(encode(Ping()), [Cancel])
    assert caught.value.code is ErrorCode.BAD_MESSAGE


@pytest.mark.parametrize("fields", [{"job": "x"}, {"job": ""}, {"job": ID + "\n"}])
def test_no_message_can_be_made_out_of_bounds(fields: dict[str, Any]) -> None:
    with pytest.raises(HeadsmithError) as caught:
        Cancel(**fields)
    assert caught.value.code is ErrorCode.BAD_MESSAGE


def test_a_header_that_grew_too_large_is_not_sent() -> None:
    spec = {"prompt": "x" * MAX_HEADER_BYTES}
    with pytest.raises(HeadsmithError) as caught:
        encode(MESSAGES["SUBMIT"](job=ID, spec=spec, spec_hash="0" * 64))  # type: ignore[call-arg]
    assert caught.value.code is ErrorCode.TOO_LARGE
