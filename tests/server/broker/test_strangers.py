"""Wrong keys, garbage, floods and oversize: strangers get nothing, and good clients do not notice."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import zmq

from headsmith_shared.client import Client
from headsmith_shared.connection import split_address
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol import encode, new_job_id, uuid7
from headsmith_shared.protocol.limits import MAX_HEADER_BYTES, MIB
from headsmith_shared.protocol.messages import Cancel, Chunk, Error, Hello, Ping, Pong, Put, Rejected, Status
from tests.server.broker.conftest import RawPeer, Server, ServerProcess

Raw = Callable[..., RawPeer]


@pytest.fixture(autouse=True)
def still_serving(server: Server) -> Iterator[None]:
    """After each attack a good client is answered within a second."""
    yield
    started = time.monotonic()
    with server.client() as client:
        client.status()
    assert time.monotonic() - started < 1.0


def fresh_keys() -> tuple[str, str]:
    public, secret = zmq.curve_keypair()
    return public.decode(), secret.decode()


def test_a_wrong_server_key_says_what_may_be_wrong(server: Server) -> None:
    with pytest.raises(HeadsmithError) as caught:
        Client(replace(server.connection, server_key=fresh_keys()[0]), timeout=0.5)
    assert caught.value.code is ErrorCode.NO_SERVER
    assert caught.value.code.exit_code == 3
    assert "no answer: wrong key, wrong port or server down" in caught.value.message


def test_an_unknown_client_key_is_not_let_in(server: Server) -> None:
    public, secret = fresh_keys()
    with pytest.raises(HeadsmithError) as caught:
        Client(replace(server.connection, client_public_key=public, client_secret_key=secret), timeout=0.5)
    assert caught.value.code is ErrorCode.NO_SERVER


def test_a_client_without_curve_is_not_let_in(server: Server) -> None:
    context = zmq.Context()
    peer = context.socket(zmq.DEALER)
    peer.connect(server.connection.control)
    peer.send_multipart(encode(Ping()))
    assert not peer.poll(400)
    context.destroy(linger=0)


def test_a_port_where_something_else_listens(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        info = replace(server.connection, control=f"tcp://127.0.0.1:{other.getsockname()[1]}")
        with pytest.raises(HeadsmithError, match="wrong port"):
            Client(info, timeout=0.4)


def test_garbage_on_the_ports(server: Server) -> None:
    for address in (server.connection.control, server.connection.data):
        for size in (1, 64, 5000):
            with socket.create_connection(split_address(address)) as stream:
                stream.sendall(random.Random(size).randbytes(size))


def test_half_open_connections_do_not_keep_others_out(server: Server) -> None:
    streams = [socket.create_connection(split_address(server.connection.control)) for _ in range(100)]
    with server.client() as client:
        client.status()
    for stream in streams:
        stream.close()


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([b""], ErrorCode.BAD_MESSAGE),
        ([b"{"], ErrorCode.BAD_MESSAGE),
        ([b"[" * 10_000], ErrorCode.BAD_MESSAGE),
        ([b"x" * (MAX_HEADER_BYTES + 1)], ErrorCode.TOO_LARGE),
        ([b"{}", b"body", b"more"], ErrorCode.BAD_MESSAGE),
        ([encode(Ping())[0].replace(b"PING", b"PUNG")], ErrorCode.UNSUPPORTED),  # type: ignore[union-attr]
        ([encode(Ping())[0].replace(b"PING", b"PONG")], ErrorCode.BAD_MESSAGE),  # type: ignore[union-attr]
        (encode(Put("0" * 64, 5)), ErrorCode.UNSUPPORTED),
        (encode(Chunk("0" * 64, 0, 4), body=b"body"), ErrorCode.UNSUPPORTED),
    ],
)
def test_bad_messages_of_a_known_client_are_answered_by_name(
    server: Server, raw: Raw, frames: list[bytes], code: ErrorCode
) -> None:
    peer = raw(server.connection)
    peer.send_frames(*frames)
    envelope = peer.receive()
    assert envelope is not None
    assert isinstance(envelope.message, Error)
    assert envelope.message.code == code
    assert isinstance(peer.answer(Ping()), Pong)


def test_another_protocol_version_is_rejected_by_name(server: Server, raw: Raw) -> None:
    peer, id_ = raw(server.connection), uuid7()
    peer.send_frames(b'{"v":"9.4","t":"HELLO","id":"%s","dance":true}' % id_.encode())
    envelope = peer.receive()
    assert envelope is not None
    assert isinstance(envelope.message, Rejected)
    assert (envelope.message.code, envelope.re) == (ErrorCode.VERSION_MISMATCH, id_)
    assert "9.4" in envelope.message.text
    assert "1.x" in envelope.message.text


def test_errors_name_the_message_they_answer(server: Server, raw: Raw) -> None:
    peer, id_ = raw(server.connection), uuid7()
    peer.send_frames(b'{"v":"1.0","t":"CANCEL","id":"%s","job":"no"}' % id_.encode())
    envelope = peer.receive()
    assert envelope is not None
    assert envelope.re == id_


def test_who_breaks_the_protocol_too_often_is_ignored(server: Server, raw: Raw) -> None:
    peer = raw(server.connection)
    for _ in range(50):
        peer.send_frames(b"nonsense")
    answers = 0
    while peer.receive(0.3) is not None:
        answers += 1
    assert 0 < answers < 20
    peer.send(Ping())
    assert peer.receive(0.3) is None


def test_who_was_dropped_is_told_so_and_connects_anew(server: Server, raw: Raw) -> None:
    peer = raw(server.connection)
    known = {one.identity for one in server.broker._sessions}
    peer.hello()
    (identity,) = {one.identity for one in server.broker._sessions} - known
    server.broker._sessions._forgotten.append(identity)  # as when its queue of replies ran over
    answer = peer.answer(Ping())
    assert isinstance(answer, Rejected)
    assert (answer.code, answer.job) == (ErrorCode.BUSY, "")
    assert isinstance(raw(server.connection).answer(Ping()), Pong)


def test_a_fuzzed_session_never_ends_the_server(server: Server, raw: Raw) -> None:
    dice = random.Random(5)
    good = [encode(message)[0] for message in (Ping(), Hello("x", uuid7()), Status(), Cancel(new_job_id()))]
    for _ in range(30):
        peer = raw(server.connection, dice.choice([server.connection.control, server.connection.data]))
        for _ in range(20):
            frame = bytearray(dice.choice(good))
            for _ in range(dice.randrange(4)):
                frame[dice.randrange(len(frame))] = dice.randrange(256)
            peer.send_frames(bytes(frame), *[dice.randbytes(dice.randrange(100)) for _ in range(dice.randrange(3))])
        peer.close()


def test_an_oversize_frame_cuts_the_peer_and_costs_no_memory(
    server_process: Callable[..., ServerProcess], raw: Raw
) -> None:
    process = server_process()
    peer = raw(process.connection())
    assert isinstance(peer.answer(Ping()), Pong)
    before = process.resident_mib()
    peer.send_frames(bytes(64 * MIB))
    assert peer.receive(2.5) is None  # cut, not read and answered
    assert process.resident_mib() - before < 16


def test_an_unfinished_message_blocks_nobody(server: Server, raw: Raw) -> None:
    peer = raw(server.connection)
    for _ in range(8):
        peer.socket.send(bytes(MIB), zmq.SNDMORE)
    with server.client() as client:
        assert client.status().server.worker
