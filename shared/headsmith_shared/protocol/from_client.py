"""The verbs of clients. Bounds are checked when a message is made: HeadsmithError(BAD_MESSAGE)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from headsmith_shared.protocol.checks import (
    bounded_count,
    bounded_float,
    bounded_int,
    bounded_text,
    plain_json,
    sha256_hash,
    uuid_text,
)
from headsmith_shared.protocol.limits import (
    MAX_BLOB_BYTES,
    MAX_CREDIT_BYTES,
    MAX_INT,
)
from headsmith_shared.protocol.parts import (
    Message,
    feature_names,
)


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
    jobs: dict[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        bounded_text("client", self.client, 0, 64)
        uuid_text("session", self.session)
        bounded_text("version", self.version, 0, 64)
        feature_names(self.features)
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
    """Asks for a job. spec: plain JSON with its `kind`; spec_hash: of its canonical JSON; deadline: unix seconds.

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
