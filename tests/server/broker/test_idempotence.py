"""Asking twice, asking for what is not there, and coming back: the job happens once and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from headsmith_shared.client import JobDone, JobProgress, ThreadedClient, generate
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol import encode_spec, new_job_id, spec_hash, uuid7
from headsmith_shared.protocol.messages import (
    Accepted,
    Ack,
    Cancel,
    Conflict,
    Event,
    Hello,
    NotFound,
    Ping,
    Pong,
    Rejected,
    State,
    Status,
    Submit,
    Subscribe,
    Welcome,
)
from headsmith_shared.specs import GenerateSpec
from tests.server.broker.conftest import RawPeer, Serve, Server
from tests.server.broker.fake_pipeline import blob

Raw = Callable[..., RawPeer]


def submission(prompt: str, job: str = "", seed: int = 0) -> Submit:
    plain = encode_spec(GenerateSpec(prompt, seed))
    return Submit(job or new_job_id(), plain, spec_hash(plain))


def events_until(peer: RawPeer, last: str) -> list[Event]:
    """Durable events up to one of kind `last`."""
    found: list[Event] = []
    while not found or found[-1].kind != last:
        envelope = peer.receive()
        assert envelope is not None
        if isinstance(envelope.message, Event) and envelope.message.seq:
            found.append(envelope.message)
    return found


def test_the_same_job_twice_runs_once(server: Server, raw: Raw) -> None:
    peer, message = raw(server.connection), submission("head 1000")
    assert peer.answer(message) == Accepted(message.job, "queued", 1)
    first = events_until(peer, "done")
    again = peer.answer(message)
    assert again == Accepted(message.job, "done", first[-1].seq, existing=True)
    assert peer.receive(0.3) is None  # nothing is sent twice to the same peer
    with server.client() as client:
        assert [state.job for state in client.list()].count(message.job) == 1


def test_the_same_id_with_another_spec_is_a_conflict(server: Server, raw: Raw) -> None:
    peer, message = raw(server.connection), submission("head 1000")
    peer.answer(message)
    events_until(peer, "done")
    assert peer.answer(submission("head 1000", message.job, seed=1)) == Conflict(message.job)
    with server.client() as client, pytest.raises(HeadsmithError) as caught:
        client.submit(GenerateSpec("head 2000"), message.job)
    assert caught.value.code is ErrorCode.CONFLICT


def test_a_wrong_hash_or_a_bad_spec_is_rejected(server: Server, raw: Raw) -> None:
    peer, good = raw(server.connection), submission("head 1000")
    for message, code in (
        (Submit(good.job, good.spec, "0" * 64), ErrorCode.BAD_MESSAGE),
        (Submit(good.job, {"kind": "photo"}, spec_hash({"kind": "photo"})), ErrorCode.UNSUPPORTED),
        (Submit(good.job, {**good.spec, "prompt": ""}, spec_hash({**good.spec, "prompt": ""})), ErrorCode.BAD_INPUT),
    ):
        answer = peer.answer(message)
        assert isinstance(answer, Rejected)
        assert (answer.code, answer.job, answer.retry_after) == (code, good.job, 0)
    assert isinstance(peer.answer(good), Accepted)


def test_what_is_unknown_is_not_found_and_never_done(server: Server, raw: Raw) -> None:
    peer, job = raw(server.connection), new_job_id()
    assert peer.answer(Cancel(job)) == NotFound(job)
    assert peer.answer(Subscribe(job)) == NotFound(job)
    assert peer.answer(Status(job)) == NotFound(job)
    welcome = peer.hello(**{job: 3})
    assert isinstance(welcome, Welcome)
    assert welcome.unknown == (job,)
    with server.client() as client:
        for call in (client.cancel, client.follow):
            with pytest.raises(HeadsmithError) as caught:
                call(job)
            assert caught.value.code is ErrorCode.NOT_FOUND


def test_cancel_is_idempotent(server: Server, raw: Raw) -> None:
    peer, message = raw(server.connection), submission("slow")
    peer.answer(message)
    for _ in range(3):
        peer.send(Cancel(message.job))
    kinds = [event.kind for event in events_until(peer, "cancelled")]
    assert kinds.count("cancelled") == 1
    peer.send(Cancel(message.job))
    envelope = peer.receive()
    while envelope is not None and not (
        isinstance(envelope.message, Accepted) and envelope.message.state == "cancelled"
    ):
        envelope = peer.receive()
    assert envelope is not None


def test_status_and_ping_are_answered_without_hello(server: Server, raw: Raw) -> None:
    peer = raw(server.connection)
    assert isinstance(peer.answer(Ping()), Pong)
    assert isinstance(peer.answer(Status()), State)


def test_events_are_contiguous_and_come_again_from_any_seq(server: Server, raw: Raw) -> None:
    peer, message = raw(server.connection), submission("head 1000")
    peer.answer(message)
    events = events_until(peer, "done")
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [event.kind for event in events] == [
        "accepted", "started", "note", "artifact", "artifact", "artifact", "done",
    ]  # fmt: skip
    peer.send(Ack(message.job, 4))
    for seq in (0, 3, len(events)):
        other = raw(server.connection)
        assert other.answer(Subscribe(message.job, seq)) == Accepted(message.job, "done", len(events), existing=True)
        if seq < len(events):
            assert events_until(other, "done") == events[seq:]
    returning = raw(server.connection)
    welcome = returning.answer(Hello("test", uuid7(), jobs={message.job: 5}))
    assert isinstance(welcome, Welcome)
    assert events_until(returning, "done") == events[5:]


def test_too_many_jobs_are_rejected_as_busy(serve: Serve, raw: Raw) -> None:
    server = serve(max_jobs_per_owner=3)
    peer = raw(server.connection)
    jobs = [submission("slow 60") for _ in range(3)]
    answers = []
    for message in [*jobs, submission("head 1000")]:
        peer.send(message)
    while len(answers) < 4:
        envelope = peer.receive()
        assert envelope is not None
        if not isinstance(envelope.message, Event):
            answers.append(envelope.message)
    assert [type(answer) for answer in answers] == [Accepted] * 3 + [Rejected]
    assert (answers[-1].code, answers[-1].retry_after > 0) == (ErrorCode.BUSY, True)
    with pytest.raises(HeadsmithError) as caught:
        generate(GenerateSpec("head 1000"), server.connection)
    assert caught.value.code is ErrorCode.BUSY
    assert caught.value.code.exit_code == 3


def test_old_finished_jobs_and_their_blobs_are_forgotten(serve: Serve) -> None:
    server = serve(kept_jobs=2)
    for seed in range(4):
        generate(GenerateSpec("head 1000", seed), server.connection)
    with server.client() as client:
        assert len(client.list()) == 2
        size = client.status().server.store_bytes
    files = [path for path in (server.folder / "store").rglob("*") if path.is_file()]
    assert len(files) == 6
    assert sum(path.stat().st_size for path in files) == size


def test_another_client_takes_a_running_job_up(server: Server) -> None:
    first = ThreadedClient(server.connection)
    first.start()
    job = first.submit(GenerateSpec("slow 0.8"))
    while not isinstance(first.inbox.wait(3), JobProgress):
        pass
    first.stop()
    second = ThreadedClient(server.connection)
    second.start()
    second.follow(job)
    message = None
    while not isinstance(message, JobDone):
        message = second.inbox.wait(5)
        assert message is not None
    second.stop()
    assert message.job == job


def test_a_finished_head_can_still_be_fetched_later(server: Server) -> None:
    job = generate(GenerateSpec("head 5000", seed=3), server.connection, fetch=()).job
    with server.client(fetch=("head",)) as client:
        client.follow(job)
        result = client.wait(job)
        assert result.head() == blob("head", 3, 5000)
        assert client.fetch(result.artifacts[0]) == blob("geometry", 3, 100_000)
