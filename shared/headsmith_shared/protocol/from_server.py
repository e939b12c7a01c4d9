"""The verbs of servers, and CHUNK, which both sides send."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from headsmith_shared.protocol.checks import (
    bounded_count,
    bounded_float,
    bounded_int,
    bounded_text,
    sha256_hash,
    uuid_text,
)
from headsmith_shared.protocol.limits import (
    MAX_BLOB_BYTES,
    MAX_INT,
)
from headsmith_shared.protocol.parts import (
    DURABLE_KINDS,
    LIST_LIMIT,
    ArtifactInfo,
    EventKind,
    Failure,
    JobState,
    JobStateName,
    Limits,
    Message,
    ServerState,
    failure_texts,
    feature_names,
)


@dataclass(frozen=True)
class Welcome(Message):
    """Answers HELLO. epoch: changes when the server restarts; data_port, live_port: where its other sockets
    listen, 0 for one that it does not serve.

    unknown: jobs named in HELLO that this server does not know.
    """

    verb: ClassVar[str] = "WELCOME"
    epoch: str
    version: str
    data_port: int
    live_port: int = 0
    pid: int = 0
    features: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    unknown: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        bounded_text("epoch", self.epoch, 1, 64)
        bounded_text("version", self.version, 0, 64)
        bounded_int("data_port", self.data_port, 0, 65535)
        bounded_int("live_port", self.live_port, 0, 65535)
        bounded_int("pid", self.pid, 0, MAX_INT)
        feature_names(self.features)
        bounded_count("unknown", len(self.unknown), 256)
        for job in self.unknown:
            uuid_text("unknown", job)


@dataclass(frozen=True)
class Have(Message):
    """Answers PUT: so many bytes of that blob are here (all of them: nothing needs to be sent)."""

    verb: ClassVar[str] = "HAVE"
    hash: str
    offset: int

    def __post_init__(self) -> None:
        sha256_hash("hash", self.hash)
        bounded_int("offset", self.offset, 0, MAX_BLOB_BYTES)


@dataclass(frozen=True)
class Accepted(Message):
    """Answers SUBMIT, CANCEL and SUBSCRIBE: the job is known and this is how it stands."""

    verb: ClassVar[str] = "ACCEPTED"
    job: str
    state: JobStateName
    last_seq: int
    existing: bool = False

    def __post_init__(self) -> None:
        uuid_text("job", self.job)
        bounded_int("last_seq", self.last_seq, 0, MAX_INT)


@dataclass(frozen=True)
class Rejected(Message):
    """Answers SUBMIT or HELLO: not now (retry_after in seconds) or not at all (retry_after 0)."""

    verb: ClassVar[str] = "REJECTED"
    code: str
    text: str
    remedy: str = ""
    job: str = ""
    retry_after: float = 0.0

    def __post_init__(self) -> None:
        failure_texts(self.code, self.text, self.remedy)
        if self.job:
            uuid_text("job", self.job)
        bounded_float("retry_after", self.retry_after, 0.0, 86400.0)


@dataclass(frozen=True)
class Conflict(Message):
    """Answers SUBMIT: that job id is taken by another spec."""

    verb: ClassVar[str] = "CONFLICT"
    job: str

    def __post_init__(self) -> None:
        uuid_text("job", self.job)


@dataclass(frozen=True)
class NotFound(Message):
    """Answers what names a job or a blob that this server does not know (never "done")."""

    verb: ClassVar[str] = "NOT_FOUND"
    job: str = ""
    hash: str = ""

    def __post_init__(self) -> None:
        if self.job:
            uuid_text("job", self.job)
        if self.hash:
            sha256_hash("hash", self.hash)


@dataclass(frozen=True)
class Event(Message):
    """Something happened to a job.

    Durable kinds carry a contiguous seq from 1 on and are kept until acknowledged; "progress" has seq 0, and the
    newest replaces the older ones. remaining: estimated seconds; seconds: how long the job took; stages: seconds by
    stage name (done); artifact, note_kind + text, failure: as the kind says.
    """

    verb: ClassVar[str] = "EVENT"
    job: str
    seq: int
    kind: EventKind
    at: float = 0.0
    stage: str = ""
    fraction: float = 0.0
    remaining: float | None = None
    note_kind: str = ""
    text: str = ""
    artifact: ArtifactInfo | None = None
    failure: Failure | None = None
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict[str, float])

    def __post_init__(self) -> None:
        uuid_text("job", self.job)
        durable = self.kind in DURABLE_KINDS
        bounded_int("seq", self.seq, 1 if durable else 0, MAX_INT if durable else 0)
        bounded_float("at", self.at, 0.0, 1e12)
        bounded_text("stage", self.stage, 0, 128)
        bounded_float("fraction", self.fraction, 0.0, 1.0)
        if self.remaining is not None:
            bounded_float("remaining", self.remaining, 0.0, 1e9)
        bounded_text("note_kind", self.note_kind, 0, 64)
        bounded_text("text", self.text, 0, 2048)
        bounded_float("seconds", self.seconds, 0.0, 1e9)
        bounded_count("stages", len(self.stages), 64)
        for name, seconds in self.stages.items():
            bounded_text("stages", name, 0, 128)
            bounded_float("stages", seconds, 0.0, 1e9)
        bounded_count("artifact", int(self.artifact is not None), 1, least=int(self.kind == "artifact"))
        bounded_count("failure", int(self.failure is not None), 1, least=int(self.kind == "failed"))


@dataclass(frozen=True)
class Chunk(Message):
    """A piece of a blob; its bytes are the body. size: of the whole blob. codec: "raw" is the only one of 1.0."""

    verb: ClassVar[str] = "CHUNK"
    hash: str
    offset: int
    size: int
    codec: Literal["raw"] = "raw"

    def __post_init__(self) -> None:
        sha256_hash("hash", self.hash)
        bounded_int("size", self.size, 0, MAX_BLOB_BYTES)
        bounded_int("offset", self.offset, 0, self.size)


@dataclass(frozen=True)
class Error(Message):
    """Answers what could not be read or done."""

    verb: ClassVar[str] = "ERROR"
    code: str
    text: str
    remedy: str = ""
    job: str = ""
    hash: str = ""

    def __post_init__(self) -> None:
        failure_texts(self.code, self.text, self.remedy)
        if self.job:
            uuid_text("job", self.job)
        if self.hash:
            sha256_hash("hash", self.hash)


@dataclass(frozen=True)
class State(Message):
    """Answers STATUS and LIST. total: how many jobs the owner has in all."""

    verb: ClassVar[str] = "STATE"
    server: ServerState
    jobs: tuple[JobState, ...] = ()
    total: int = 0

    def __post_init__(self) -> None:
        bounded_count("jobs", len(self.jobs), LIST_LIMIT)
        bounded_int("total", self.total, 0, MAX_INT)


@dataclass(frozen=True)
class Pong(Message):
    """Answers PING."""

    verb: ClassVar[str] = "PONG"
