"""From the server's messages to inbox messages: in order, each durable event once, artifacts fetched on the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import zmq

from headsmith_shared.client.download import Downloaded
from headsmith_shared.client.inbox import (
    ArtifactListed,
    ArtifactReceived,
    InboxMessage,
    JobAccepted,
    JobCancelled,
    JobDone,
    JobFailed,
    JobNote,
    JobProgress,
    JobRefused,
    JobStarted,
    Problem,
    ServerStatus,
)
from headsmith_shared.client.link import Link, named_error
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol.codec import Envelope
from headsmith_shared.protocol.messages import (
    DURABLE_KINDS,
    FINAL_KINDS,
    FINAL_STATES,
    Accepted,
    Ack,
    ArtifactInfo,
    Cancel,
    Chunk,
    Conflict,
    Error,
    Event,
    List,
    NotFound,
    Rejected,
    State,
    Status,
    Submit,
    Subscribe,
    Welcome,
)


@dataclass
class _Followed:
    last_seq: int = 0  # dealt with, artifacts fetched included
    arrived: deque[Event] = field(default_factory=deque[Event])  # in order, not yet dealt with
    fetching: str = ""  # hash that the next event waits for


class JobBook:
    """What a client knows of its jobs; it outlives a connection, so that a new one goes on where the old one broke."""

    def __init__(self) -> None:
        self.followed: dict[str, _Followed] = {}
        self.unanswered: dict[str, Submit] = {}

    def positions(self) -> dict[str, int]:
        """{job: last seq dealt with} of the jobs that the server has accepted, for HELLO."""
        return {job: state.last_seq for job, state in self.followed.items() if job not in self.unanswered}

    def new_link(self) -> None:
        """Forgets what was under way on the old connection."""
        for state in self.followed.values():
            state.arrived.clear()
            state.fetching = ""

    def follow(self, job: str, from_seq: int = 0) -> None:
        """From now on the job's events count."""
        self.followed.setdefault(job, _Followed(from_seq))

    def forget(self, job: str) -> None:
        """No more events of that job."""
        self.followed.pop(job, None)
        self.unanswered.pop(job, None)


class Engine:
    """Runs one Link for a JobBook. fetch: kinds of artifacts that are downloaded as they appear."""

    def __init__(self, link: Link, book: JobBook, fetch: Collection[str]) -> None:
        self._link = link
        self._book = book
        self._fetch = frozenset(fetch)
        self._asked: dict[str, set[str]] = {}  # hash -> jobs that asked for it by fetch()
        self._out: list[InboxMessage] = []
        self._to_acknowledge: dict[str, int] = {}  # one ACK a step, for the newest
        book.new_link()

    def submit(self, message: Submit) -> None:
        """Sends a job; it stays in the book until the server has answered."""
        self._book.follow(message.job)
        self._book.unanswered[message.job] = message
        self._link.send(message)

    def cancel(self, job: str) -> None:
        """Asks for the job's end."""
        self._link.send(Cancel(job))

    def follow(self, job: str, from_seq: int = 0) -> None:
        """Asks for the job's events after from_seq."""
        self._book.follow(job, from_seq)
        self._link.send(Subscribe(job, self._book.followed[job].last_seq))

    def fetch(self, job: str, artifact: ArtifactInfo) -> None:
        """Downloads one artifact; ArtifactReceived or Problem comes."""
        self._asked.setdefault(artifact.hash, set()).add(job)
        self._download(artifact)

    def ask_status(self, job: str = "") -> None:
        """Asks for ServerStatus."""
        self._link.send(Status(job))

    def ask_list(self, offset: int = 0) -> None:
        """Asks for ServerStatus with this owner's jobs."""
        self._link.send(List(offset))

    def step(self, timeout: float, wake: zmq.Socket[Any] | None = None) -> list[InboxMessage]:
        """Waits for the server up to `timeout` seconds; raises what Link.receive raises."""
        for envelope in self._link.receive(timeout, wake):
            self._take(envelope)
        for job, seq in self._to_acknowledge.items():
            self._link.send(Ack(job, seq))
        self._to_acknowledge.clear()
        taken, self._out = self._out, []
        return taken

    def _take(self, envelope: Envelope) -> None:
        message = envelope.message
        downloads = self._link.downloads
        if isinstance(message, Event):
            self._event(message)
        elif isinstance(message, Chunk):
            self._downloaded(downloads.chunk(message, envelope.body))
        elif isinstance(message, Accepted):
            self._accepted(message)
        elif isinstance(message, Welcome):
            self._welcomed(message)
        elif isinstance(message, State):
            self._out.append(ServerStatus(message.server, message.jobs, message.total))
        elif isinstance(message, Rejected):
            self._refused(message.job, named_error(message.code, message.text, message.remedy), message.retry_after)
        elif isinstance(message, Conflict):
            self._refused(message.job, HeadsmithError(
                ErrorCode.CONFLICT, f"job {message.job} exists with another spec", "submit under a new job id"
            ))  # fmt: skip
        elif isinstance(message, NotFound) and not message.hash:
            self._refused(message.job, unknown_job(message.job))
        elif isinstance(message, NotFound):
            self._downloaded(downloads.refused(message.hash, HeadsmithError(
                ErrorCode.NOT_FOUND, "the server does not hold that artifact any more", "run the job again"
            )))  # fmt: skip
        elif isinstance(message, Error):
            error = named_error(message.code, message.text, message.remedy)
            ended = downloads.refused(message.hash, error) if message.hash else None
            if ended is not None:
                self._downloaded(ended)
            else:
                self._out.append(Problem(error, message.job))

    def _welcomed(self, message: Welcome) -> None:
        for job in message.unknown:
            self._refused(job, unknown_job(job))
        for submit in list(self._book.unanswered.values()):
            self._link.send(submit)

    def _accepted(self, message: Accepted) -> None:
        self._book.unanswered.pop(message.job, None)
        self._out.append(JobAccepted(message.job, message.state))
        followed = self._book.followed.get(message.job)
        if followed is not None and message.state in FINAL_STATES and followed.last_seq >= message.last_seq > 0:
            self._book.forget(message.job)  # nothing more will come

    def _refused(self, job: str, error: HeadsmithError, retry_after: float = 0.0) -> None:
        self._book.forget(job)
        self._out.append(JobRefused(job, error, retry_after))

    def _event(self, event: Event) -> None:
        followed = self._book.followed.get(event.job)
        if followed is None:
            return
        self._book.unanswered.pop(event.job, None)
        if event.kind not in DURABLE_KINDS:
            self._out.append(JobProgress(event.job, event.stage, event.fraction, event.remaining))
            return
        newest = followed.arrived[-1].seq if followed.arrived else followed.last_seq
        if event.seq <= newest:
            return  # sent twice
        if event.seq > newest + 1:
            self._link.send(Subscribe(event.job, newest))  # some are missing; they come again, this one too
            return
        followed.arrived.append(event)
        self._advance(event.job)

    def _advance(self, job: str) -> None:
        """Deals with the job's events in order as far as no download is in the way."""
        followed = self._book.followed[job]
        while followed.arrived and not followed.fetching:
            event = followed.arrived[0]
            self._out.extend(inbox_messages(event))
            if event.artifact is not None and event.artifact.kind in self._fetch:
                followed.fetching = event.artifact.hash
                self._download(event.artifact)
                continue
            self._dealt_with(job)

    def _dealt_with(self, job: str) -> None:
        followed = self._book.followed[job]
        event = followed.arrived.popleft()
        followed.last_seq = event.seq
        followed.fetching = ""
        self._to_acknowledge[job] = event.seq
        if event.kind in FINAL_KINDS:
            self._book.forget(job)

    def _download(self, artifact: ArtifactInfo) -> None:
        self._downloaded(self._link.downloads.add(artifact))

    def _downloaded(self, result: Downloaded | None) -> None:
        if result is None:
            return
        hash_ = result.artifact.hash
        waiting = [
            job for job, followed in self._book.followed.items() if followed.fetching == hash_ and followed.arrived
        ]
        for job in {*waiting, *self._asked.pop(hash_, set())}:
            if result.error is not None:
                self._out.append(Problem(result.error, job))
            else:
                self._out.append(ArtifactReceived(job, result.artifact, result.data))
        for job in waiting:
            self._dealt_with(job)
            if job in self._book.followed:
                self._advance(job)


def inbox_messages(event: Event) -> Iterator[InboxMessage]:
    """What a durable event says to a client's user."""
    if event.kind == "started":
        yield JobStarted(event.job)
    elif event.kind == "note":
        yield JobNote(event.job, event.seq, event.note_kind, event.text)
    elif event.kind == "artifact" and event.artifact is not None:
        yield ArtifactListed(event.job, event.seq, event.artifact)
    elif event.kind == "done":
        yield JobDone(event.job, event.seq, event.seconds, event.stages)
    elif event.kind == "cancelled":
        yield JobCancelled(event.job, event.seq)
    elif event.kind == "failed" and event.failure is not None:
        failure = event.failure
        yield JobFailed(event.job, event.seq, named_error(failure.code, failure.text, failure.remedy))


def unknown_job(job: str) -> HeadsmithError:
    """The error for a job that the server does not know."""
    return HeadsmithError(
        ErrorCode.NOT_FOUND,
        f"job {job} is not known to the server",
        "it was restarted, or the id is wrong; submit again",
    )
