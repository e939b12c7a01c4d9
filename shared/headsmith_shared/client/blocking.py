"""Client: a connection used from one thread that waits for its answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, TypeVar

import zmq

from headsmith_shared import __version__
from headsmith_shared.client.engine import Engine, JobBook
from headsmith_shared.client.inbox import (
    ArtifactListed,
    ArtifactReceived,
    InboxMessage,
    JobAccepted,
    JobCancelled,
    JobDone,
    JobFailed,
    JobNote,
    JobRefused,
    Problem,
    ServerStatus,
)
from headsmith_shared.client.link import Link
from headsmith_shared.connection import ConnectionInfo, something_listens
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol.ids import new_job_id, uuid7
from headsmith_shared.protocol.jobspec import Spec, encode_spec, spec_hash
from headsmith_shared.protocol.messages import ArtifactInfo, Hello, JobState, Submit

OnEvent = Callable[[InboxMessage], None]
M = TypeVar("M", bound=InboxMessage)
_SLICE_S = 0.2  # so that Ctrl-C is noticed also where a poll is not interrupted


@dataclass(frozen=True)
class JobResult:
    """A finished job. data: bytes by sha256 of the artifacts that were fetched; seconds and stages: its report."""

    job: str
    artifacts: tuple[ArtifactInfo, ...]
    data: dict[str, bytes] = field(repr=False)
    notes: tuple[JobNote, ...] = ()
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict[str, float])

    def head(self) -> bytes:
        """The .head file's bytes; HeadsmithError(NOT_FOUND) when the job made none or it was not fetched."""
        for artifact in reversed(self.artifacts):
            if artifact.kind == "head" and artifact.hash in self.data:
                return self.data[artifact.hash]
        raise HeadsmithError(ErrorCode.NOT_FOUND, f"job {self.job} gave no head", "read the server's log")


class Client:
    """A connection for scripts and the command line; use it as a context manager, from one thread.

    HeadsmithError(NO_SERVER) when the server does not answer within `timeout` seconds or goes away during a call.
    """

    def __init__(
        self,
        connection: ConnectionInfo,
        *,
        name: str = "cli",
        timeout: float = 5.0,
        fetch: Collection[str] = ("head",),
    ) -> None:
        if not something_listens(connection, timeout):
            raise HeadsmithError(
                ErrorCode.NO_SERVER,
                f"{connection.control}: no server listens there",
                "start it with: headsmith serve",
            )
        self._timeout = timeout
        self._backlog: list[InboxMessage] = []
        self._context: zmq.Context[Any] = zmq.Context()
        hello = Hello(client=name, session=uuid7(), version=__version__)
        self._link = Link(self._context, connection, hello, hello_timeout=timeout)
        self._engine = Engine(self._link, JobBook(), fetch)
        try:
            while self._link.welcome is None:
                self._backlog += self._engine.step(_SLICE_S)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Says BYE and frees everything; safe to call twice."""
        self._link.close()
        self._context.destroy(linger=200)

    @property
    def server_version(self) -> str:
        """The version that the server named in WELCOME."""
        return self._link.welcome.version if self._link.welcome else ""

    def submit(self, spec: Spec, job: str | None = None) -> str:
        """Submits a job and waits until it is accepted; gives its id. HeadsmithError as the server refuses it."""
        plain = encode_spec(spec)
        job = job or new_job_id()
        self._engine.submit(Submit(job, plain, spec_hash(plain)))
        self._answer(job)
        return job

    def wait(self, job: str, on_event: OnEvent | None = None) -> JobResult:
        """Follows a submitted job to its end. on_event: called with every message about it.

        HeadsmithError: the job's own, CANCELLED, or NO_SERVER. Whatever on_event raises passes through; the job
        goes on then.
        """
        artifacts: list[ArtifactInfo] = []
        notes: list[JobNote] = []
        data: dict[str, bytes] = {}
        while True:
            for message in self._messages(job):
                if on_event is not None:
                    on_event(message)
                if isinstance(message, ArtifactListed):
                    artifacts.append(message.artifact)
                elif isinstance(message, ArtifactReceived):
                    data[message.artifact.hash] = message.data
                elif isinstance(message, JobNote):
                    notes.append(message)
                elif isinstance(message, JobDone):
                    return JobResult(job, tuple(artifacts), data, tuple(notes), message.seconds, message.stages)
                elif isinstance(message, JobFailed | JobRefused | Problem):
                    raise message.error
                elif isinstance(message, JobCancelled):
                    raise HeadsmithError(ErrorCode.CANCELLED, "the job was cancelled")

    def follow(self, job: str, from_seq: int = 0) -> None:
        """Asks for a job's events again, for a later wait; HeadsmithError(NOT_FOUND) when it is not known."""
        self._engine.follow(job, from_seq)
        self._answer(job)

    def cancel(self, job: str) -> str:
        """Cancels a job and gives its state; a job that is over stays so. HeadsmithError(NOT_FOUND)."""
        self._engine.cancel(job)
        return self._answer(job).state

    def fetch(self, artifact: ArtifactInfo) -> bytes:
        """Downloads an artifact by its hash and checks it."""
        marker = uuid7()
        self._engine.fetch(marker, artifact)
        while True:  # no limit but the heartbeat: a large blob over a slow net takes its time
            for message in self._messages(marker):
                if isinstance(message, ArtifactReceived):
                    return message.data
                if isinstance(message, Problem):
                    raise message.error

    def status(self) -> ServerStatus:
        """The server at a glance."""
        self._engine.ask_status()
        return self._first(ServerStatus)

    def list(self) -> tuple[JobState, ...]:
        """This owner's jobs, newest first."""
        found: list[JobState] = []
        while True:
            self._engine.ask_list(len(found))
            page = self._first(ServerStatus)
            found += page.jobs
            if not page.jobs or len(found) >= page.total:
                return tuple(found)

    def _answer(self, job: str) -> JobAccepted:
        message = self._first(JobAccepted, JobRefused, job=job)
        if isinstance(message, JobRefused):
            raise message.error
        return message

    def _first(self, *kinds: type[M], job: str | None = None) -> M:
        """The first message of one of these kinds (about that job), within the time limit; others wait."""
        deadline = time.monotonic() + self._timeout
        while time.monotonic() < deadline:
            for index, message in enumerate(self._backlog):
                if isinstance(message, kinds) and (job is None or getattr(message, "job", "") == job):
                    del self._backlog[index]
                    return message
            self._raise_problem()
            self._backlog += self._engine.step(min(_SLICE_S, deadline - time.monotonic()))
        raise HeadsmithError(ErrorCode.NO_SERVER, f"no answer within {self._timeout:g} s", "read the server's log")

    def _messages(self, job: str) -> list[InboxMessage]:
        """Messages about the job: of the backlog, or of one more step."""

        def about(message: InboxMessage) -> bool:
            return getattr(message, "job", "") == job

        if not any(map(about, self._backlog)):
            self._backlog += self._engine.step(_SLICE_S)
        taken = [message for message in self._backlog if about(message)]
        self._backlog = [message for message in self._backlog if not about(message)]
        self._raise_problem()
        return taken

    def _raise_problem(self) -> None:
        """Raises what the server could not answer, when that belongs to no job."""
        for index, message in enumerate(self._backlog):
            if isinstance(message, Problem) and not message.job:
                del self._backlog[index]
                raise message.error
