"""The protocol's messages: one frozen dataclass a verb, the header's typed fields.

A message on the wire is `[header]` or `[header, body]` (only CHUNK has a body); the header is JSON with the envelope
(`v` version, `t` verb, `id`, `re` the message it answers, `crc` of the body) and the fields below. Bounds are
checked when a message is made, so neither side can hold one that breaks them: HeadsmithError(BAD_MESSAGE).
"""

from __future__ import annotations

from headsmith_shared.protocol.from_client import (
    Ack,
    Bye,
    Cancel,
    Credit,
    Get,
    Hello,
    List,
    Ping,
    Put,
    Status,
    Submit,
    Subscribe,
)
from headsmith_shared.protocol.from_server import (
    Accepted,
    Chunk,
    Conflict,
    Error,
    Event,
    Have,
    NotFound,
    Pong,
    Rejected,
    State,
    Welcome,
)
from headsmith_shared.protocol.parts import (
    DURABLE_KINDS,
    FINAL_KINDS,
    FINAL_STATES,
    LIST_LIMIT,
    ArtifactInfo,
    EventKind,
    Failure,
    JobState,
    JobStateName,
    Limits,
    Message,
    ServerState,
    WorkerStateName,
)

CLIENT_MESSAGES: tuple[type[Message], ...] = (
    Hello, Put, Submit, Cancel, Status, List, Subscribe, Get, Credit, Ack, Ping, Bye, Chunk,
)  # fmt: skip
SERVER_MESSAGES: tuple[type[Message], ...] = (
    Welcome, Have, Accepted, Rejected, Conflict, NotFound, Event, Chunk, Error, State, Pong, Credit,
)  # fmt: skip
MESSAGES: dict[str, type[Message]] = {kind.verb: kind for kind in (*CLIENT_MESSAGES, *SERVER_MESSAGES)}

__all__ = [
    "CLIENT_MESSAGES",
    "DURABLE_KINDS",
    "FINAL_KINDS",
    "FINAL_STATES",
    "LIST_LIMIT",
    "MESSAGES",
    "SERVER_MESSAGES",
    "Accepted",
    "Ack",
    "ArtifactInfo",
    "Bye",
    "Cancel",
    "Chunk",
    "Conflict",
    "Credit",
    "Error",
    "Event",
    "EventKind",
    "Failure",
    "Get",
    "Have",
    "Hello",
    "JobState",
    "JobStateName",
    "Limits",
    "List",
    "Message",
    "NotFound",
    "Ping",
    "Pong",
    "Put",
    "Rejected",
    "ServerState",
    "State",
    "Status",
    "Submit",
    "Subscribe",
    "Welcome",
    "WorkerStateName",
]
