"""The engine against a scripted link: events in any order, twice or missing give each message once, in order."""

from __future__ import annotations

import hashlib
import random
from collections import deque
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headsmith_shared.client.download import Downloads
from headsmith_shared.client.engine import Engine, JobBook
from headsmith_shared.client.inbox import (
    ArtifactReceived,
    InboxMessage,
    JobDone,
    JobNote,
    JobProgress,
    Problem,
)
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol import Envelope, encode_spec, new_job_id, spec_hash, uuid7
from headsmith_shared.protocol.messages import (
    Accepted,
    Ack,
    ArtifactInfo,
    Chunk,
    Credit,
    Event,
    Get,
    Message,
    Submit,
    Subscribe,
    Welcome,
)
from headsmith_shared.specs import GenerateSpec

DATA = bytes(range(256)) * 40
ARTIFACT = ArtifactInfo("head", "face.head", "", hashlib.sha256(DATA).hexdigest(), len(DATA))


class ScriptedLink:
    """Gives what a test puts into `incoming`, keeps what is sent."""

    def __init__(self) -> None:
        self.incoming: deque[Envelope] = deque()
        self.sent: list[Message] = []
        self.data_sent: list[Message] = []
        self.downloads = Downloads(self.data_sent.append)

    def send(self, message: Message) -> str:
        self.sent.append(message)
        return uuid7()

    def receive(self, timeout: float, wake: Any = None) -> list[Envelope]:
        taken = list(self.incoming)
        self.incoming.clear()
        return taken


class Desk:
    """An engine, its link, and its book."""

    def __init__(self, book: JobBook | None = None) -> None:
        self.link, self.book = ScriptedLink(), book or JobBook()
        self.engine = Engine(self.link, self.book, ("head",))  # type: ignore[arg-type]

    def give(self, *messages: Message, body: bytes = b"") -> list[InboxMessage]:
        self.link.incoming.extend(Envelope(message, uuid7(), "", body) for message in messages)
        return self.engine.step(0)


def submission() -> Submit:
    plain = encode_spec(GenerateSpec("a head"))
    return Submit(new_job_id(), plain, spec_hash(plain))


def story(job: str, notes: int) -> list[Event]:
    return [
        Event(job, 1, "accepted"),
        Event(job, 2, "started"),
        *[Event(job, 3 + number, "note", note_kind="warning", text=f"{number}") for number in range(notes)],
        Event(job, 3 + notes, "done", seconds=1.0),
    ]


@given(st.integers(0, 10_000), st.integers(0, 6))
@settings(max_examples=150, deadline=None)
def test_any_order_any_repetition_any_loss(seed: int, notes: int) -> None:
    dice = random.Random(seed)
    desk, submit = Desk(), submission()
    desk.engine.submit(submit)
    events = story(submit.job, notes)
    told: list[InboxMessage] = []
    sendings = [event for event in events for _ in range(dice.choice([0, 1, 1, 2]))]
    dice.shuffle(sendings)
    for event in sendings:
        told += desk.give(event)
    for _ in range(20):  # the server answers each SUBSCRIBE as it must
        asked = [message for message in desk.link.sent if isinstance(message, Subscribe)]
        desk.link.sent.clear()
        followed = desk.book.followed.get(submit.job)
        if followed is not None:
            told += desk.give(*events[asked[-1].from_seq if asked else followed.last_seq :])
    assert [message.text for message in told if isinstance(message, JobNote)] == [str(n) for n in range(notes)]
    assert sum(isinstance(message, JobDone) for message in told) == 1
    assert isinstance(told[-1], JobDone)


def test_events_behind_an_artifact_wait_for_its_download() -> None:
    desk, submit = Desk(), submission()
    desk.engine.submit(submit)
    desk.give(Accepted(submit.job, "queued", 1), Event(submit.job, 1, "accepted"))
    told = desk.give(Event(submit.job, 2, "artifact", artifact=ARTIFACT), Event(submit.job, 3, "done"))
    assert not [message for message in told if isinstance(message, ArtifactReceived | JobDone)]
    assert desk.link.data_sent == [Get(ARTIFACT.hash)]
    assert desk.book.positions() == {submit.job: 1}  # a new connection would bring the artifact again
    half = len(DATA) // 2
    assert desk.give(Chunk(ARTIFACT.hash, 0, len(DATA)), body=DATA[:half]) == []
    told = desk.give(Chunk(ARTIFACT.hash, half, len(DATA)), body=DATA[half:])
    assert [type(message) for message in told] == [ArtifactReceived, JobDone]
    assert [message for message in desk.link.data_sent if isinstance(message, Credit)] == [Credit(half), Credit(half)]
    assert [message for message in desk.link.sent if isinstance(message, Ack)] == [
        Ack(submit.job, 1),
        Ack(submit.job, 3),
    ]


@pytest.mark.parametrize(
    ("chunk", "body", "words"),
    [
        (Chunk(ARTIFACT.hash, 5, len(DATA)), DATA[:5], "do not join"),
        (Chunk(ARTIFACT.hash, 0, len(DATA) + 1), DATA, "do not join"),
        (Chunk(ARTIFACT.hash, 0, len(DATA)), DATA + b"x", "size"),
        (Chunk(ARTIFACT.hash, 0, len(DATA)), b"", "size"),
        (Chunk(ARTIFACT.hash, 0, len(DATA)), DATA[:-1] + b"x", "sha256"),
    ],
)
def test_damaged_downloads_become_problems_and_the_next_one_starts(chunk: Chunk, body: bytes, words: str) -> None:
    desk = Desk()
    other = ArtifactInfo("head", "other", "", "cd" * 32, 5)
    desk.engine.fetch("a", ARTIFACT)
    desk.engine.fetch("b", other)
    told = desk.give(chunk, body=body)
    assert len(told) == 1
    assert isinstance(told[0], Problem)
    assert words in told[0].error.message
    assert desk.link.data_sent[-1] == Get(other.hash)


def test_chunks_that_nobody_asked_for_are_ignored() -> None:
    desk = Desk()
    assert desk.give(Chunk(ARTIFACT.hash, 0, len(DATA)), body=DATA) == []
    assert desk.link.data_sent == []


def test_a_download_that_is_far_too_large_is_refused_before_it_starts() -> None:
    desk = Desk()
    desk.engine.fetch("a", ArtifactInfo("head", "huge", "", "ef" * 32, 2**33))
    told = desk.engine.step(0)
    assert isinstance(told[0], Problem)
    assert told[0].error.code is ErrorCode.TOO_LARGE
    assert desk.link.data_sent == []


def test_a_new_connection_submits_again_what_was_not_answered_and_resumes_the_rest() -> None:
    desk, answered, unanswered = Desk(), submission(), submission()
    desk.engine.submit(answered)
    desk.engine.submit(unanswered)
    desk.give(Accepted(answered.job, "queued", 1), *story(answered.job, 2)[:3])
    again = Desk(desk.book)
    assert again.book.positions() == {answered.job: 3}
    again.give(Welcome("epoch", "0.1.0", 1))
    assert again.link.sent == [unanswered]
    told = again.give(*story(answered.job, 2)[1:])  # some come twice
    assert [message.text for message in told if isinstance(message, JobNote)] == ["1"]
    assert isinstance(told[-1], JobDone)
    assert answered.job not in again.book.followed


def test_progress_passes_at_once_and_strangers_jobs_do_not() -> None:
    desk, submit = Desk(), submission()
    desk.engine.submit(submit)
    assert desk.give(Event(submit.job, 0, "progress", stage="skin", fraction=0.5)) == [
        JobProgress(submit.job, "skin", 0.5)
    ]
    assert desk.give(Event(new_job_id(), 0, "progress"), Event(new_job_id(), 1, "accepted")) == []


def test_two_jobs_share_one_download_of_the_same_bytes() -> None:
    desk, jobs = Desk(), [submission(), submission()]
    for submit in jobs:
        desk.engine.submit(submit)
        desk.give(Event(submit.job, 1, "accepted"), Event(submit.job, 2, "artifact", artifact=ARTIFACT))
    told = desk.give(Chunk(ARTIFACT.hash, 0, len(DATA)), body=DATA)
    assert {message.job for message in told if isinstance(message, ArtifactReceived)} == {submit.job for submit in jobs}


def test_a_failed_download_of_a_jobs_artifact_does_not_stop_the_job() -> None:
    desk, submit = Desk(), submission()
    desk.engine.submit(submit)
    desk.give(
        Event(submit.job, 1, "accepted"),
        Event(submit.job, 2, "artifact", artifact=ARTIFACT),
        Event(submit.job, 3, "done"),
    )
    told = desk.give(Chunk(ARTIFACT.hash, 0, len(DATA)), body=DATA[:-1] + b"x")
    assert [type(message) for message in told] == [Problem, JobDone]
    with pytest.raises(HeadsmithError):
        raise told[0].error  # type: ignore[union-attr]
