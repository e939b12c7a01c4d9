# ruff: noqa: E501  (headers as they travel)
"""Protocol 1.0 as it was released: these headers must read the same in every later 1.x."""

from __future__ import annotations

import pytest

from headsmith_shared.protocol import decode
from headsmith_shared.protocol.messages import (
    MESSAGES,
    Accepted,
    Ack,
    ArtifactInfo,
    Bye,
    Cancel,
    Chunk,
    Conflict,
    Credit,
    Error,
    Event,
    Failure,
    Get,
    Have,
    Hello,
    JobState,
    Limits,
    List,
    Message,
    NotFound,
    Ping,
    Pong,
    Put,
    Rejected,
    ServerState,
    State,
    Status,
    Submit,
    Subscribe,
    Welcome,
)

JOB = "01a1f893-62d6-7504-bf99-389410213e83"
ID = "01a1f893-62d6-7468-a47a-0b29094a46d2"
HASH = "ab" * 32

GOLDEN: list[tuple[bytes, Message]] = [
    (
        b'{"client":"blender","features":["live"],"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","jobs":{"01a1f893-62d6-7504-bf99-389410213e83":3},"session":"01a1f893-62d6-7468-a47a-0b29094a46d2","t":"HELLO","v":"1.0","version":"0.1.0"}',
        Hello(client="blender", session=ID, version="0.1.0", features=("live",), jobs={JOB: 3}),
    ),
    (
        b'{"hash":"abababababababababababababababababababababababababababababababab","id":"01a1f893-62d6-7468-a47a-0b29094a46d2","size":10,"t":"PUT","v":"1.0"}',
        Put(hash=HASH, size=10),
    ),
    (
        b'{"deadline":1795172582.5,"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","job":"01a1f893-62d6-7504-bf99-389410213e83","priority":5,"spec":{"kind":"generate","prompt":"an old man"},"spec_hash":"abababababababababababababababababababababababababababababababab","t":"SUBMIT","v":"1.0"}',
        Submit(
            job=JOB,
            spec={"kind": "generate", "prompt": "an old man"},
            spec_hash=HASH,
            priority=5,
            deadline=1795172582.5,
        ),
    ),
    (
        b'{"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","job":"01a1f893-62d6-7504-bf99-389410213e83","t":"CANCEL","v":"1.0"}',
        Cancel(job=JOB),
    ),
    (
        b'{"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","job":"01a1f893-62d6-7504-bf99-389410213e83","t":"STATUS","v":"1.0"}',
        Status(job=JOB),
    ),
    (
        b'{"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","offset":16,"t":"LIST","v":"1.0"}',
        List(offset=16),
    ),
    (
        b'{"from_seq":4,"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","job":"01a1f893-62d6-7504-bf99-389410213e83","t":"SUBSCRIBE","v":"1.0"}',
        Subscribe(job=JOB, from_seq=4),
    ),
    (
        b'{"hash":"abababababababababababababababababababababababababababababababab","id":"01a1f893-62d6-7468-a47a-0b29094a46d2","offset":1048576,"t":"GET","v":"1.0"}',
        Get(hash=HASH, offset=1048576),
    ),
    (
        b'{"bytes":8388608,"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","t":"CREDIT","v":"1.0"}',
        Credit(bytes=8388608),
    ),
    (
        b'{"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","job":"01a1f893-62d6-7504-bf99-389410213e83","seq":7,"t":"ACK","v":"1.0"}',
        Ack(job=JOB, seq=7),
    ),
    (
        b'{"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","t":"PING","v":"1.0"}',
        Ping(),
    ),
    (
        b'{"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","t":"BYE","v":"1.0"}',
        Bye(),
    ),
    (
        b'{"data_port":5556,"epoch":"01a1f893-62d6-7468-a47a-0b29094a46d2","features":["x"],"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","limits":{"max_jobs":8},"live_port":5557,"pid":4242,"t":"WELCOME","unknown":["01a1f893-62d6-7504-bf99-389410213e83"],"v":"1.0","version":"0.1.0"}',
        Welcome(
            epoch=ID,
            version="0.1.0",
            data_port=5556,
            live_port=5557,
            pid=4242,
            features=("x",),
            limits=Limits(
                chunk_bytes=1048576, max_credit_bytes=16777216, max_jobs=8, ping_after_s=1.0, dead_after_s=5.0
            ),
            unknown=(JOB,),
        ),
    ),
    (
        b'{"hash":"abababababababababababababababababababababababababababababababab","id":"01a1f893-62d6-7468-a47a-0b29094a46d2","offset":5,"t":"HAVE","v":"1.0"}',
        Have(hash=HASH, offset=5),
    ),
    (
        b'{"existing":true,"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","job":"01a1f893-62d6-7504-bf99-389410213e83","last_seq":3,"state":"running","t":"ACCEPTED","v":"1.0"}',
        Accepted(job=JOB, state="running", last_seq=3, existing=True),
    ),
    (
        b'{"code":"busy","id":"01a1f893-62d6-7468-a47a-0b29094a46d2","job":"01a1f893-62d6-7504-bf99-389410213e83","remedy":"wait","retry_after":5.0,"t":"REJECTED","text":"too many jobs","v":"1.0"}',
        Rejected(code="busy", text="too many jobs", remedy="wait", job=JOB, retry_after=5.0),
    ),
    (
        b'{"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","job":"01a1f893-62d6-7504-bf99-389410213e83","t":"CONFLICT","v":"1.0"}',
        Conflict(job=JOB),
    ),
    (
        b'{"hash":"abababababababababababababababababababababababababababababababab","id":"01a1f893-62d6-7468-a47a-0b29094a46d2","job":"01a1f893-62d6-7504-bf99-389410213e83","t":"NOT_FOUND","v":"1.0"}',
        NotFound(job=JOB, hash=HASH),
    ),
    (
        b'{"at":1795172582.5,"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","job":"01a1f893-62d6-7504-bf99-389410213e83","kind":"accepted","seq":1,"t":"EVENT","v":"1.0"}',
        Event(
            job=JOB,
            seq=1,
            kind="accepted",
            at=1795172582.5,
            stage="",
            fraction=0.0,
            remaining=None,
            note_kind="",
            text="",
            artifact=None,
            failure=None,
            seconds=0.0,
            stages={},
        ),
    ),
    (
        b'{"at":1.0,"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","job":"01a1f893-62d6-7504-bf99-389410213e83","kind":"started","seq":2,"t":"EVENT","v":"1.0"}',
        Event(
            job=JOB,
            seq=2,
            kind="started",
            at=1.0,
            stage="",
            fraction=0.0,
            remaining=None,
            note_kind="",
            text="",
            artifact=None,
            failure=None,
            seconds=0.0,
            stages={},
        ),
    ),
    (
        b'{"at":1.0,"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","job":"01a1f893-62d6-7504-bf99-389410213e83","kind":"note","note_kind":"not_built","seq":3,"t":"EVENT","text":"a long beard","v":"1.0"}',
        Event(
            job=JOB,
            seq=3,
            kind="note",
            at=1.0,
            stage="",
            fraction=0.0,
            remaining=None,
            note_kind="not_built",
            text="a long beard",
            artifact=None,
            failure=None,
            seconds=0.0,
            stages={},
        ),
    ),
    (
        b'{"artifact":{"hash":"abababababababababababababababababababababababababababababababab","kind":"map","media_type":"image/png","meta":{"channel":"albedo"},"name":"skin albedo","size":1234},"at":1.0,"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","job":"01a1f893-62d6-7504-bf99-389410213e83","kind":"artifact","seq":4,"t":"EVENT","v":"1.0"}',
        Event(
            job=JOB,
            seq=4,
            kind="artifact",
            at=1.0,
            stage="",
            fraction=0.0,
            remaining=None,
            note_kind="",
            text="",
            artifact=ArtifactInfo(
                kind="map", name="skin albedo", media_type="image/png", hash=HASH, size=1234, meta={"channel": "albedo"}
            ),
            failure=None,
            seconds=0.0,
            stages={},
        ),
    ),
    (
        b'{"at":1.0,"fraction":0.5,"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","job":"01a1f893-62d6-7504-bf99-389410213e83","kind":"progress","remaining":2.5,"seq":0,"stage":"skin","t":"EVENT","v":"1.0"}',
        Event(
            job=JOB,
            seq=0,
            kind="progress",
            at=1.0,
            stage="skin",
            fraction=0.5,
            remaining=2.5,
            note_kind="",
            text="",
            artifact=None,
            failure=None,
            seconds=0.0,
            stages={},
        ),
    ),
    (
        b'{"at":1.0,"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","job":"01a1f893-62d6-7504-bf99-389410213e83","kind":"done","seconds":9.5,"seq":5,"stages":{"skin":8.0},"t":"EVENT","v":"1.0"}',
        Event(
            job=JOB,
            seq=5,
            kind="done",
            at=1.0,
            stage="",
            fraction=0.0,
            remaining=None,
            note_kind="",
            text="",
            artifact=None,
            failure=None,
            seconds=9.5,
            stages={"skin": 8.0},
        ),
    ),
    (
        b'{"at":1.0,"failure":{"code":"worker_died","remedy":"run it again","text":"the worker process died"},"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","job":"01a1f893-62d6-7504-bf99-389410213e83","kind":"failed","seq":5,"t":"EVENT","v":"1.0"}',
        Event(
            job=JOB,
            seq=5,
            kind="failed",
            at=1.0,
            stage="",
            fraction=0.0,
            remaining=None,
            note_kind="",
            text="",
            artifact=None,
            failure=Failure(code="worker_died", text="the worker process died", remedy="run it again"),
            seconds=0.0,
            stages={},
        ),
    ),
    (
        b'{"at":1.0,"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","job":"01a1f893-62d6-7504-bf99-389410213e83","kind":"cancelled","seq":5,"t":"EVENT","v":"1.0"}',
        Event(
            job=JOB,
            seq=5,
            kind="cancelled",
            at=1.0,
            stage="",
            fraction=0.0,
            remaining=None,
            note_kind="",
            text="",
            artifact=None,
            failure=None,
            seconds=0.0,
            stages={},
        ),
    ),
    (
        b'{"crc":3685223346,"hash":"abababababababababababababababababababababababababababababababab","id":"01a1f893-62d6-7468-a47a-0b29094a46d2","offset":1048576,"size":2097152,"t":"CHUNK","v":"1.0"}',
        Chunk(hash=HASH, offset=1048576, size=2097152, codec="raw"),
    ),
    (
        b'{"code":"bad_message","hash":"abababababababababababababababababababababababababababababababab","id":"01a1f893-62d6-7468-a47a-0b29094a46d2","job":"01a1f893-62d6-7504-bf99-389410213e83","remedy":"yes","t":"ERROR","text":"no","v":"1.0"}',
        Error(code="bad_message", text="no", remedy="yes", job=JOB, hash=HASH),
    ),
    (
        b'{"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","jobs":[{"created":1.0,"fraction":0.5,"job":"01a1f893-62d6-7504-bf99-389410213e83","label":"an old man","last_seq":4,"stage":"skin","state":"running"}],"re":"01a1f893-62d6-7504-bf99-389410213e83","server":{"device":"cpu","epoch":"01a1f893-62d6-7468-a47a-0b29094a46d2","queued":1,"running":1,"store_bytes":99,"uptime_s":1.5,"version":"0.1.0","worker":"busy"},"t":"STATE","total":1,"v":"1.0"}',
        State(
            server=ServerState(
                version="0.1.0",
                epoch=ID,
                uptime_s=1.5,
                worker="busy",
                device="cpu",
                queued=1,
                running=1,
                store_bytes=99,
            ),
            jobs=(
                JobState(
                    job=JOB, state="running", last_seq=4, label="an old man", created=1.0, stage="skin", fraction=0.5
                ),
            ),
            total=1,
        ),
    ),
    (
        b'{"id":"01a1f893-62d6-7468-a47a-0b29094a46d2","re":"01a1f893-62d6-7504-bf99-389410213e83","t":"PONG","v":"1.0"}',
        Pong(),
    ),
]


@pytest.mark.parametrize(("header", "message"), GOLDEN, ids=[f"{m.verb}-{n}" for n, (_, m) in enumerate(GOLDEN)])
def test_a_released_header_reads_as_ever(header: bytes, message: Message) -> None:
    frames = [header, b"body"] if message.verb == "CHUNK" else [header]
    envelope = decode(frames, MESSAGES.values())
    assert envelope.message == message
    assert envelope.id == ID


def test_every_verb_is_here() -> None:
    assert {message.verb for _, message in GOLDEN} == set(MESSAGES)
