"""The protocol's messages: one frozen dataclass a verb, the header's typed fields.

A message on the wire is `[header]` or `[header, body]` (only CHUNK has a body); the header is JSON with the envelope
(`v` version, `t` verb, `id`, `re` the message it answers, `crc` of the body) and the fields below. Bounds are
checked when a message is made, so neither side can hold one that breaks them: HeadsmithError(BAD_MESSAGE).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from .checks import (
    bounded_count,
    bounded_float,
    bounded_int,
    bounded_text,
    plain_json,
    sha256_hash,
    uuid_text,
)
from .limits import (
    CHUNK_BYTES,
    DEAD_AFTER_S,
    MAX_BLOB_BYTES,
    MAX_BODY_BYTES,
    MAX_CREDIT_BYTES,
    MAX_INT,
    PING_AFTER_S,
)

JobStateName = Literal["queued", "running", "done", "failed", "cancelled"]
EventKind = Literal["accepted", "started", "note", "artifact", "done", "failed", "cancelled", "progress"]
WorkerStateName = Literal["starting", "idle", "busy", "failed"]

DURABLE_KINDS = frozenset({"accepted", "started", "note", "artifact", "done", "failed", "cancelled"})
FINAL_KINDS = frozenset({"done", "failed", "cancelled"})
FINAL_STATES = FINAL_KINDS
LIST_LIMIT = 32


class Message:
    """What every verb is. `verb` is the header's `t`."""

    verb: ClassVar[str]


# ------------------------------------------------------------------------------------------------- parts of messages


@dataclass(frozen=True)
class Limits:
    """What the server bears from one client: chunk and credit in bytes, jobs unfinished at a time, heartbeat times."""

    chunk_bytes: int = CHUNK_BYTES
    max_credit_bytes: int = MAX_CREDIT_BYTES
    max_jobs: int = 64
    ping_after_s: float = PING_AFTER_S
    dead_after_s: float = DEAD_AFTER_S

    def __post_init__(self) -> None:
        bounded_int("chunk_bytes", self.chunk_bytes, 1, MAX_BODY_BYTES)
        bounded_int("max_credit_bytes", self.max_credit_bytes, 1, MAX_INT)
        bounded_int("max_jobs", self.max_jobs, 0, MAX_INT)
        bounded_float("ping_after_s", self.ping_after_s, 0.0, 3600.0)
        bounded_float("dead_after_s", self.dead_after_s, 0.0, 3600.0)


@dataclass(frozen=True)
class ArtifactInfo:
    """A finished piece in the server's store. kind "geometry", "map" or "head"; hash: sha256 in hex; size in bytes.

    meta: small plain JSON from the pipeline (channel and material of a map, for instance).
    """

    kind: str
    name: str
    media_type: str
    hash: str
    size: int
    meta: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        bounded_text("kind", self.kind, 1, 64)
        bounded_text("name", self.name, 0, 256)
        bounded_text("media_type", self.media_type, 0, 128)
        sha256_hash("hash", self.hash)
        bounded_int("size", self.size, 0, MAX_BLOB_BYTES)
        plain_json("meta", self.meta)


@dataclass(frozen=True)
class Failure:
    """An error as a value: code of headsmith_shared.errors.ErrorCode, the line for the user and the remedy."""

    code: str
    text: str
    remedy: str = ""

    def __post_init__(self) -> None:
        bounded_text("code", self.code, 1, 64)
        bounded_text("text", self.text, 0, 2048)
        bounded_text("remedy", self.remedy, 0, 2048)


@dataclass(frozen=True)
class JobState:
    """A job as the server sees it. last_seq: its newest durable event; created: unix seconds; label: for people."""

    job: str
    state: JobStateName
    last_seq: int
    label: str = ""
    created: float = 0.0
    stage: str = ""
    fraction: float = 0.0

    def __post_init__(self) -> None:
        uuid_text("job", self.job)
        bounded_int("last_seq", self.last_seq, 0, MAX_INT)
        bounded_text("label", self.label, 0, 256)
        bounded_text("stage", self.stage, 0, 128)
        bounded_float("fraction", self.fraction, 0.0, 1.0)
        bounded_float("created", self.created, 0.0, 1e12)


@dataclass(frozen=True)
class ServerState:
    """The server at a glance. worker: the state of its worker process; queued and running: numbers of jobs."""

    version: str
    epoch: str
    uptime_s: float
    worker: WorkerStateName
    device: str
    queued: int
    running: int
    store_bytes: int

    def __post_init__(self) -> None:
        bounded_text("version", self.version, 0, 64)
        bounded_text("epoch", self.epoch, 0, 64)
        bounded_text("device", self.device, 0, 128)
        bounded_float("uptime_s", self.uptime_s, 0.0, 1e12)
        for name, value in (
            ("queued", self.queued),
            ("running", self.running),
            ("store_bytes", self.store_bytes),
        ):
            bounded_int(name, value, 0, MAX_INT)


# ------------------------------------------------------------------------------------------------------- from clients


@dataclass(frozen=True)
class Hello(Message):
    """The first message on the control socket. jobs: {job: last durable seq seen}; those jobs' later events follow.

    session: an id that the client keeps over its reconnects; versions: the protocol majors it speaks.
    """

    verb: ClassVar[str] = "HELLO"
    client: str
    session: str
    version: str = ""
    features: tuple[str, ...] = ()
    jobs: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        bounded_text("client", self.client, 0, 64)
        uuid_text("session", self.session)
        bounded_text("version", self.version, 0, 64)
        _features(self.features)
        bounded_count("jobs", len(self.jobs), 256)
        for job, seq in self.jobs.items():
            uuid_text("jobs", job)
            bounded_int("jobs", seq, 0, MAX_INT)


@dataclass(frozen=True)
class Put(Message):
    """Offers a blob of `size` bytes on the data socket; HAVE(offset) says where to go on, then CHUNKs follow."""

    verb: ClassVar[str] = "PUT"
    hash: str
    size: int

    def __post_init__(self) -> None:
        sha256_hash("hash", self.hash)
        bounded_int("size", self.size, 0, MAX_BLOB_BYTES)


@dataclass(frozen=True)
class Submit(Message):
    """Asks for a job. spec: plain JSON with its `kind`; spec_hash: sha256 of its canonical JSON; deadline: unix seconds.

    Asking again with the same job and spec is answered with the job's present state; another spec is a CONFLICT.
    """

    verb: ClassVar[str] = "SUBMIT"
    job: str
    spec: dict[str, Any]
    spec_hash: str
    priority: int = 0
    deadline: float | None = None

    def __post_init__(self) -> None:
        uuid_text("job", self.job)
        plain_json("spec", self.spec)
        sha256_hash("spec_hash", self.spec_hash)
        bounded_int("priority", self.priority, -100, 100)
        if self.deadline is not None:
            bounded_float("deadline", self.deadline, 0.0, 1e12)


@dataclass(frozen=True)
class Cancel(Message):
    """Ends one job; a job that is already over stays as it is."""

    verb: ClassVar[str] = "CANCEL"
    job: str

    def __post_init__(self) -> None:
        uuid_text("job", self.job)


@dataclass(frozen=True)
class Status(Message):
    """Asks for the server's state, and one job's when `job` is given; answered by STATE."""

    verb: ClassVar[str] = "STATUS"
    job: str = ""

    def __post_init__(self) -> None:
        if self.job:
            uuid_text("job", self.job)


@dataclass(frozen=True)
class List(Message):
    """Asks for the owner's jobs, newest first, at most LIST_LIMIT from `offset` on; answered by STATE."""

    verb: ClassVar[str] = "LIST"
    offset: int = 0

    def __post_init__(self) -> None:
        bounded_int("offset", self.offset, 0, MAX_INT)


@dataclass(frozen=True)
class Subscribe(Message):
    """Asks for a job's durable events after `from_seq`, and all that come."""

    verb: ClassVar[str] = "SUBSCRIBE"
    job: str
    from_seq: int = 0

    def __post_init__(self) -> None:
        uuid_text("job", self.job)
        bounded_int("from_seq", self.from_seq, 0, MAX_INT)


@dataclass(frozen=True)
class Get(Message):
    """Asks for a blob from `offset` on, over the data socket; CHUNKs come as far as CREDIT allows."""

    verb: ClassVar[str] = "GET"
    hash: str
    offset: int = 0

    def __post_init__(self) -> None:
        sha256_hash("hash", self.hash)
        bounded_int("offset", self.offset, 0, MAX_BLOB_BYTES)


@dataclass(frozen=True)
class Credit(Message):
    """Allows the peer to send so many further body bytes."""

    verb: ClassVar[str] = "CREDIT"
    bytes: int

    def __post_init__(self) -> None:
        bounded_int("bytes", self.bytes, 0, MAX_CREDIT_BYTES)


@dataclass(frozen=True)
class Ack(Message):
    """Says that all durable events of the job up to `seq` are safe with the client."""

    verb: ClassVar[str] = "ACK"
    job: str
    seq: int

    def __post_init__(self) -> None:
        uuid_text("job", self.job)
        bounded_int("seq", self.seq, 0, MAX_INT)


@dataclass(frozen=True)
class Ping(Message):
    """Sent after a second of silence; any traffic counts as an answer."""

    verb: ClassVar[str] = "PING"


@dataclass(frozen=True)
class Bye(Message):
    """The client leaves; its subscriptions end, its jobs go on."""

    verb: ClassVar[str] = "BYE"


# -------------------------------------------------------------------------------------------------------- from servers


@dataclass(frozen=True)
class Welcome(Message):
    """Answers HELLO. epoch: changes when the server restarts; data_port: where its data socket listens.

    unknown: jobs named in HELLO that this server does not know.
    """

    verb: ClassVar[str] = "WELCOME"
    epoch: str
    version: str
    data_port: int
    pid: int = 0
    features: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    unknown: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        bounded_text("epoch", self.epoch, 1, 64)
        bounded_text("version", self.version, 0, 64)
        bounded_int("data_port", self.data_port, 0, 65535)
        bounded_int("pid", self.pid, 0, MAX_INT)
        _features(self.features)
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
        _failure_texts(self.code, self.text, self.remedy)
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
    stages: dict[str, float] = field(default_factory=dict)

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
        _failure_texts(self.code, self.text, self.remedy)
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


def _failure_texts(code: str, text: str, remedy: str) -> None:
    bounded_text("code", code, 1, 64)
    bounded_text("text", text, 0, 2048)
    bounded_text("remedy", remedy, 0, 2048)


def _features(features: tuple[str, ...]) -> None:
    bounded_count("features", len(features), 64)
    for feature in features:
        bounded_text("features", feature, 0, 64)


CLIENT_MESSAGES: tuple[type[Message], ...] = (
    Hello, Put, Submit, Cancel, Status, List, Subscribe, Get, Credit, Ack, Ping, Bye, Chunk,
)  # fmt: skip
SERVER_MESSAGES: tuple[type[Message], ...] = (
    Welcome, Have, Accepted, Rejected, Conflict, NotFound, Event, Chunk, Error, State, Pong, Credit,
)  # fmt: skip
MESSAGES: dict[str, type[Message]] = {kind.verb: kind for kind in (*CLIENT_MESSAGES, *SERVER_MESSAGES)}
