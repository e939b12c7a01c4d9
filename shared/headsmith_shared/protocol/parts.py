"""What messages are made of: the base class, the closed sets of names, and values inside fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

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
LIST_LIMIT = 16


class Message:
    """What every verb is. `verb` is the header's `t`."""

    verb: ClassVar[str]


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
    meta: dict[str, Any] = field(default_factory=dict[str, Any])

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


def failure_texts(code: str, text: str, remedy: str) -> None:
    """Bounds of the texts of an error."""
    bounded_text("code", code, 1, 64)
    bounded_text("text", text, 0, 2048)
    bounded_text("remedy", remedy, 0, 2048)


def feature_names(features: tuple[str, ...]) -> None:
    """Bounds of a list of feature names."""
    bounded_count("features", len(features), 64)
    for feature in features:
        bounded_text("features", feature, 0, 64)
