"""What a client hands to its user: frozen messages, and the inbox a UI pump reads them from."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from headsmith_shared.errors import HeadsmithError
from headsmith_shared.protocol.messages import ArtifactInfo, JobState, ServerState


class LinkState(StrEnum):
    """How the client stands to the server; a UI renders it and infers nothing."""

    OFFLINE = "offline"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    STARTING = "starting"
    STOPPING = "stopping"


@dataclass(frozen=True)
class LinkChanged:
    """The link's new state; error says why it is offline (None: nobody asked for more)."""

    state: LinkState
    error: HeadsmithError | None = None
    server_version: str = ""
    epoch: str = ""


@dataclass(frozen=True)
class JobAccepted:
    """The server knows the job. state: "queued", "running", "done", "failed" or "cancelled"."""

    job: str
    state: str


@dataclass(frozen=True)
class JobRefused:
    """The server will not do the job, or does not know it. retry_after: seconds, 0 when asking again is useless."""

    job: str
    error: HeadsmithError
    retry_after: float = 0.0


@dataclass(frozen=True)
class JobStarted:
    """A worker has begun."""

    job: str


@dataclass(frozen=True)
class JobProgress:
    """fraction of the whole job, 0..1; remaining: estimated seconds, None while there is no ground to guess."""

    job: str
    stage: str
    fraction: float
    remaining: float | None = None


@dataclass(frozen=True)
class JobNote:
    """Something to read. kind: "not_understood", "not_built" or "warning"."""

    job: str
    seq: int
    kind: str
    text: str


@dataclass(frozen=True)
class ArtifactListed:
    """A finished piece exists on the server."""

    job: str
    seq: int
    artifact: ArtifactInfo


@dataclass(frozen=True)
class ArtifactReceived:
    """A piece was downloaded and its sha256 is right."""

    job: str
    artifact: ArtifactInfo
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class JobDone:
    """All is finished. seconds: of the whole job; stages: seconds by stage name."""

    job: str
    seq: int
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True)
class JobFailed:
    """The job ended in an error."""

    job: str
    seq: int
    error: HeadsmithError


@dataclass(frozen=True)
class JobCancelled:
    """The job was cancelled (seq 0: before the server ever saw it)."""

    job: str
    seq: int


@dataclass(frozen=True)
class ServerStatus:
    """The server at a glance and jobs of this owner. total: how many there are in all."""

    server: ServerState
    jobs: tuple[JobState, ...]
    total: int = 0


@dataclass(frozen=True)
class Problem:
    """Something went wrong beside the jobs' own course, a download for instance. job may be ""."""

    error: HeadsmithError
    job: str = ""


InboxMessage = (
    LinkChanged
    | JobAccepted
    | JobRefused
    | JobStarted
    | JobProgress
    | JobNote
    | ArtifactListed
    | ArtifactReceived
    | JobDone
    | JobFailed
    | JobCancelled
    | ServerStatus
    | Problem
)


class Inbox:
    """A queue from the client's thread to the user's: all messages in order, of a job's progress only the newest."""

    def __init__(self) -> None:
        self._messages: deque[InboxMessage] = deque()
        self._progress: dict[str, JobProgress] = {}
        self._filled = threading.Condition()

    def put(self, message: InboxMessage) -> None:
        """Adds a message; a progress takes the place of an unread one of the same job."""
        with self._filled:
            if isinstance(message, JobProgress):
                waiting = message.job in self._progress
                self._progress[message.job] = message
                if waiting:
                    return
            self._messages.append(message)
            self._filled.notify_all()

    def poll(self, limit: int = 64) -> list[InboxMessage]:
        """At most `limit` messages, oldest first; returns at once."""
        taken: list[InboxMessage] = []
        with self._filled:
            while self._messages and len(taken) < limit:
                message = self._messages.popleft()
                taken.append(self._progress.pop(message.job) if isinstance(message, JobProgress) else message)
        return taken

    def wait(self, timeout: float) -> InboxMessage | None:
        """The next message, waiting up to `timeout` seconds for it; None when none came."""
        deadline = time.monotonic() + timeout
        with self._filled:
            while not self._messages:
                if not self._filled.wait(max(0.0, deadline - time.monotonic())):
                    return None
        return next(iter(self.poll(1)), None)

    def __len__(self) -> int:
        return len(self._messages)
