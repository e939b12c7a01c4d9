"""A peer that does not read: what is kept for it is bounded, and what it has not got comes when it reads again."""

from __future__ import annotations

from headsmith_server.broker.jobs import JobTable, MemoryEventLog
from headsmith_server.broker.sessions import EVENT_WINDOW, MAX_REPLIES, Sessions, Unsent
from headsmith_shared.protocol import new_job_id
from headsmith_shared.protocol.messages import Event, Message, Pong


class Wire:
    """Takes messages while it is open."""

    def __init__(self) -> None:
        self.open = True
        self.sent: list[Message] = []

    def send(self, identity: bytes, message: Message, re: str) -> None:
        if not self.open:
            raise Unsent
        self.sent.append(message)


def sessions_with_job() -> tuple[Sessions, Wire, JobTable, str]:
    wire, jobs, job = Wire(), JobTable(MemoryEventLog()), new_job_id()
    jobs.add(job, "owner", {}, "", "a head")
    return Sessions(jobs, wire.send), wire, jobs, job


def test_replies_wait_in_order_while_the_peer_does_not_read() -> None:
    sessions, wire, _, _ = sessions_with_job()
    peer = sessions.heard(b"peer", "owner", 0.0)
    wire.open = False
    for _ in range(5):
        sessions.reply(peer, Pong(), "")
    sessions.serve()
    assert (wire.sent, sessions.waiting) == ([], True)
    wire.open = True
    sessions.serve()
    assert (len(wire.sent), sessions.waiting) == (5, False)


def test_a_peer_whose_replies_run_over_is_dropped_and_remembered() -> None:
    sessions, wire, _, job = sessions_with_job()
    peer = sessions.heard(b"peer", "owner", 0.0)
    sessions.subscribe(peer, job, 0)
    wire.open = False
    for _ in range(MAX_REPLIES):
        sessions.reply(peer, Pong(), "")
    assert not sessions.was_dropped(b"peer")
    sessions.reply(peer, Pong(), "")
    assert sessions.was_dropped(b"peer")
    assert len(sessions) == 0
    assert not sessions.waiting
    assert not sessions.was_dropped(b"another")


def test_events_stop_at_the_window_and_go_on_after_an_acknowledgement() -> None:
    sessions, wire, jobs, job_id = sessions_with_job()
    job = jobs.get(job_id)
    assert job is not None
    for number in range(EVENT_WINDOW + 50):
        jobs.record(job, Event(job_id, 1, "note", text=str(number)))
    sessions.subscribe(sessions.heard(b"peer", "owner", 0.0), job_id, 0)
    sessions.serve()
    assert [event.seq for event in wire.sent if isinstance(event, Event)] == list(range(1, EVENT_WINDOW + 1))
    job.acked = EVENT_WINDOW
    sessions.serve()
    assert len(wire.sent) == EVENT_WINDOW + 51
    assert not sessions.waiting


def test_of_progress_only_the_newest_waits_and_durable_events_make_it_stale() -> None:
    sessions, wire, jobs, job_id = sessions_with_job()
    job = jobs.get(job_id)
    assert job is not None
    sessions.subscribe(sessions.heard(b"peer", "owner", 0.0), job_id, 1)
    sessions.serve()
    wire.open = False
    for fraction in (0.1, 0.2, 0.3):
        sessions.progress(Event(job_id, 0, "progress", fraction=fraction))
        sessions.serve()
    wire.open = True
    sessions.serve()
    assert wire.sent == [Event(job_id, 0, "progress", fraction=0.3)]
    sessions.progress(Event(job_id, 0, "progress", fraction=0.9))
    jobs.record(job, Event(job_id, 1, "done"))
    sessions.event(job_id)
    sessions.serve()
    last = wire.sent[-1]
    assert len(wire.sent) == 2
    assert isinstance(last, Event)
    assert last.kind == "done"
