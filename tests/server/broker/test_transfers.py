"""Downloads: as much as credit allows, from any offset, only one's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import zmq

from headsmith_server.broker.jobs import JobTable, MemoryEventLog
from headsmith_server.broker.transfers import MAX_WAITING, Transfers
from headsmith_server.executors.store import ContentStore
from headsmith_shared.client import ArtifactInfo, generate
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol import new_job_id
from headsmith_shared.protocol.limits import CHUNK_BYTES, MAX_CREDIT_BYTES, MIB
from headsmith_shared.protocol.messages import Chunk, Credit, Error, Event, Get, NotFound
from headsmith_shared.specs import GenerateSpec
from tests.server.broker.conftest import RawPeer, Server
from tests.server.broker.fake_pipeline import blob

Raw = Callable[..., RawPeer]
SIZE = 20 * MIB + 12_345


@pytest.fixture(scope="module")
def artifact(server: Server) -> ArtifactInfo:
    return generate(GenerateSpec(f"head {SIZE}"), server.connection, fetch=()).artifacts[-1]


def chunks(peer: RawPeer, timeout: float = 0.4) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    while (envelope := peer.receive(timeout)) is not None:
        assert isinstance(envelope.message, Chunk)
        found.append((envelope.message.offset, bytes(envelope.body)))
    return found


def test_no_more_comes_than_credit_allows(server: Server, raw: Raw, artifact: ArtifactInfo) -> None:
    peer = raw(server.connection, server.connection.data)
    peer.send(Get(artifact.hash))
    assert chunks(peer) == []
    peer.send(Credit(2 * CHUNK_BYTES + 100))
    assert [len(body) for _, body in chunks(peer)] == [CHUNK_BYTES, CHUNK_BYTES, 100]
    peer.send(Credit(1))
    assert chunks(peer) == [(2 * CHUNK_BYTES + 100, blob("head", 0, SIZE)[2 * CHUNK_BYTES + 100 :][:1])]


def test_credit_beyond_the_limit_is_not_counted(server: Server, raw: Raw, artifact: ArtifactInfo) -> None:
    peer = raw(server.connection, server.connection.data)
    for _ in range(5):
        peer.send(Credit(MAX_CREDIT_BYTES))
    peer.send(Get(artifact.hash))
    assert sum(len(body) for _, body in chunks(peer)) == MAX_CREDIT_BYTES


def test_a_blob_goes_on_from_an_offset(server: Server, raw: Raw, artifact: ArtifactInfo) -> None:
    peer = raw(server.connection, server.connection.data)
    peer.send(Credit(MAX_CREDIT_BYTES))
    peer.send(Get(artifact.hash, SIZE - 1000))
    assert chunks(peer) == [(SIZE - 1000, blob("head", 0, SIZE)[-1000:])]


def test_a_slow_client_does_not_slow_others(server: Server, raw: Raw, artifact: ArtifactInfo) -> None:
    slow = raw(server.connection, server.connection.data)
    slow.send(Get(artifact.hash))
    slow.send(Credit(100))
    with server.client() as client:
        assert client.fetch(artifact) == blob("head", 0, SIZE)


def test_unknown_and_foreign_blobs_are_not_found(server: Server, raw: Raw, artifact: ArtifactInfo) -> None:
    peer = raw(server.connection, server.connection.data)
    assert peer.answer(Get("ab" * 32)) == NotFound(hash="ab" * 32)
    answer = peer.answer(Get(artifact.hash, SIZE + 1))
    assert isinstance(answer, Error)
    assert answer.hash == artifact.hash
    with server.client() as client, pytest.raises(HeadsmithError) as caught:
        client.fetch(ArtifactInfo("head", "x", "", "ab" * 32, 10))
    assert caught.value.code is ErrorCode.NOT_FOUND
    public, _ = zmq.curve_keypair()
    assert not server.broker._jobs.owns_blob(public.decode(), artifact.hash)


def test_a_wrong_size_is_noticed_by_the_client(server: Server, artifact: ArtifactInfo) -> None:
    wrong = ArtifactInfo("head", "x", "", artifact.hash, SIZE - 1)
    with server.client() as client, pytest.raises(HeadsmithError, match="damaged"):
        client.fetch(wrong)


def test_a_damaged_blob_is_noticed_by_the_client(server: Server) -> None:
    artifact = generate(GenerateSpec("head 3000", seed=99), server.connection, fetch=()).artifacts[-1]
    path = ContentStore(server.folder / "store").path(artifact.hash)
    path.write_bytes(b"x" + path.read_bytes()[1:])
    with server.client() as client, pytest.raises(HeadsmithError, match="sha256"):
        client.fetch(artifact)


def test_an_empty_blob_travels(server: Server) -> None:
    assert generate(GenerateSpec("head 0"), server.connection).head() == b""


def test_many_waiting_downloads_are_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = ContentStore(tmp_path_factory.mktemp("store"))
    hash_ = store.add(b"data")
    transfers = Transfers(store, lambda *_: None)
    for _ in range(MAX_WAITING):
        assert transfers.get(b"peer", hash_, 0)
    with pytest.raises(HeadsmithError) as caught:
        transfers.get(b"peer", hash_, 0)
    transfers.close()
    assert caught.value.code is ErrorCode.BUSY


def test_the_event_log_refuses_gaps() -> None:
    log = MemoryEventLog()
    job = new_job_id()
    log.append(Event(job, 1, "accepted"))
    with pytest.raises(ValueError, match="event 3"):
        log.append(Event(job, 3, "started"))
    assert JobTable(log).get(job) is None
