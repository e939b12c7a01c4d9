"""Hypothesis strategies for every message of the protocol."""

from __future__ import annotations

import hashlib
from typing import Any

from hypothesis import strategies as st

from headsmith_shared.protocol import messages as m
from headsmith_shared.protocol.limits import MAX_CREDIT_BYTES, MAX_INT
from headsmith_shared.protocol.parts import DURABLE_KINDS

uuids = st.uuids(version=4).map(str)
hashes = st.binary(max_size=4).map(lambda data: hashlib.sha256(data).hexdigest())
counts = st.integers(0, MAX_INT)
seconds = st.floats(0, 1e8)
fractions = st.floats(0, 1)


def texts(most: int, least: int = 0) -> st.SearchStrategy[str]:
    """Text that UTF-8 can hold, control characters and all."""
    return st.text(st.characters(exclude_categories=["Cs"]), min_size=least, max_size=min(most, 40))


plain_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_INT, MAX_INT)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts(20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts(8), inner, max_size=3),
    max_leaves=8,
)
plain_objects = st.dictionaries(texts(8), plain_values, max_size=4)
blob_places = st.tuples(st.integers(0, 2**33), st.integers(0, 2**33)).map(sorted)

artifacts = st.builds(
    m.ArtifactInfo, texts(64, 1), texts(256), texts(128), hashes, st.integers(0, 2**34), plain_objects
)
failures = st.builds(m.Failure, texts(64, 1), texts(2048), texts(2048))
job_names = st.sampled_from(["queued", "running", "done", "failed", "cancelled"])
job_states = st.builds(m.JobState, uuids, job_names, counts, texts(256), seconds, texts(128), fractions)
server_states = st.builds(
    m.ServerState,
    texts(64), texts(64), seconds, st.sampled_from(["starting", "idle", "busy", "failed"]), texts(128),
    counts, counts, counts,
)  # fmt: skip
limits = st.builds(m.Limits, st.integers(1, 2**20), st.integers(1, MAX_INT), counts, st.floats(0, 60), st.floats(0, 60))


@st.composite
def events(draw: st.DrawFn) -> m.Event:
    """Durable ones with a seq, progress without; artifact and failure as the kind says."""
    kind = draw(st.sampled_from([*sorted(DURABLE_KINDS), "progress"]))
    return m.Event(
        job=draw(uuids),
        seq=draw(st.integers(1, MAX_INT)) if kind in DURABLE_KINDS else 0,
        kind=kind,
        at=draw(seconds),
        stage=draw(texts(128)),
        fraction=draw(fractions),
        remaining=draw(st.none() | seconds),
        note_kind=draw(texts(64)),
        text=draw(texts(2048)),
        artifact=draw(artifacts) if kind == "artifact" else None,
        failure=draw(failures) if kind == "failed" else None,
        seconds=draw(seconds),
        stages=draw(st.dictionaries(texts(128), seconds, max_size=3)),
    )


BY_TYPE: dict[type[m.Message], st.SearchStrategy[Any]] = {
    m.Hello: st.builds(
        m.Hello, texts(64), uuids, texts(64), st.lists(texts(64), max_size=3).map(tuple),
        st.dictionaries(uuids, counts, max_size=3),
    ),
    m.Put: st.builds(m.Put, hashes, st.integers(0, 2**34)),
    m.Submit: st.builds(m.Submit, uuids, plain_objects, hashes, st.integers(-100, 100), st.none() | seconds),
    m.Cancel: st.builds(m.Cancel, uuids),
    m.Status: st.builds(m.Status, uuids | st.just("")),
    m.List: st.builds(m.List, counts),
    m.Subscribe: st.builds(m.Subscribe, uuids, counts),
    m.Get: st.builds(m.Get, hashes, st.integers(0, 2**34)),
    m.Credit: st.builds(m.Credit, st.integers(0, MAX_CREDIT_BYTES)),
    m.Ack: st.builds(m.Ack, uuids, counts),
    m.Ping: st.builds(m.Ping),
    m.Bye: st.builds(m.Bye),
    m.Welcome: st.builds(
        m.Welcome, texts(64, 1), texts(64), st.integers(0, 65535), st.integers(0, 65535), counts,
        st.lists(texts(64), max_size=3).map(tuple),
        limits, st.lists(uuids, max_size=3).map(tuple),
    ),
    m.Have: st.builds(m.Have, hashes, st.integers(0, 2**34)),
    m.Accepted: st.builds(m.Accepted, uuids, job_names, counts, st.booleans()),
    m.Rejected: st.builds(m.Rejected, texts(64, 1), texts(99), texts(99), uuids | st.just(""), st.floats(0, 86400)),
    m.Conflict: st.builds(m.Conflict, uuids),
    m.NotFound: st.builds(m.NotFound, uuids | st.just(""), hashes | st.just("")),
    m.Event: events(),
    m.Chunk: st.builds(lambda place, hash_: m.Chunk(hash_, place[0], place[1]), blob_places, hashes),
    m.Error: st.builds(m.Error, texts(64, 1), texts(99), texts(99), uuids | st.just(""), hashes | st.just("")),
    m.State: st.builds(m.State, server_states, st.lists(job_states, max_size=3).map(tuple), counts),
    m.Pong: st.builds(m.Pong),
}  # fmt: skip

messages = st.one_of(*BY_TYPE.values())
