"""Every message comes back from the wire as it went, through both readers."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headsmith_server.broker.wire import read_opened
from headsmith_shared.errors import HeadsmithError
from headsmith_shared.protocol import decode, encode, new_job_id, open_frames, uuid7
from headsmith_shared.protocol.messages import MESSAGES, Chunk, Message
from tests.shared.protocol.message_strategies import BY_TYPE, messages

ALL = tuple(MESSAGES.values())


def frames_of(message: Message, body: bytes = b"body") -> list[Any]:
    """CHUNK with a body, all else without."""
    return encode(message, body=body if isinstance(message, Chunk) else None)


def test_every_verb_has_a_strategy() -> None:
    assert set(BY_TYPE) == set(ALL)
    assert len(MESSAGES) == 23


@given(messages)
@settings(max_examples=400, deadline=None)
def test_a_message_survives_the_wire(message: Message) -> None:
    frames = frames_of(message)
    envelope = decode(frames, ALL)
    assert envelope.message == message
    assert type(envelope.message) is type(message)
    assert bytes(envelope.body) == (b"body" if isinstance(message, Chunk) else b"")


@given(messages)
@settings(max_examples=400, deadline=None)
def test_the_server_reads_the_same(message: Message) -> None:
    frames = frames_of(message)
    assert read_opened(open_frames(frames), ALL) == decode(frames, ALL)


@given(messages, st.dictionaries(st.text("xyz", min_size=3, max_size=5), st.none() | st.integers(0, 9), max_size=3))
@settings(max_examples=100, deadline=None)
def test_unknown_fields_are_ignored(message: Message, extra: dict[str, Any]) -> None:
    header, *body = frames_of(message)
    widened = json.dumps({**extra, **json.loads(bytes(header))}).encode()
    assert decode([widened, *body], ALL).message == message
    assert read_opened(open_frames([widened, *body]), ALL).message == message


def test_ids_and_answers_travel() -> None:
    request = encode(MESSAGES["PING"]())
    id_ = decode(request, ALL).id
    assert decode(encode(MESSAGES["PONG"](), re=id_), ALL).re == id_


def test_job_ids_sort_by_time_and_never_repeat() -> None:
    early, late = uuid7(1_700_000_000.0), uuid7(1_700_000_000.002)
    assert early < late
    assert len({new_job_id() for _ in range(1000)}) == 1000
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", new_job_id())


@pytest.mark.parametrize("body", [None, b""])
def test_only_a_chunk_has_a_body(body: bytes | None) -> None:
    wrong = Chunk("0" * 64, 0, 0) if body is None else MESSAGES["PING"]()
    with pytest.raises(HeadsmithError, match="body"):
        encode(wrong, body=body)
