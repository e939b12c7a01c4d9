"""Downloads by hash over the data socket: one after the other, checked chunk by chunk and as a whole."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol.codec import Body
from headsmith_shared.protocol.messages import ArtifactInfo, Chunk, Credit, Get, Message

MAX_DOWNLOAD_BYTES: Final = 2 * 1024**3


class _Digest(Protocol):
    def update(self, data: Body, /) -> None: ...

    def hexdigest(self) -> str: ...


@dataclass
class _Running:
    artifact: ArtifactInfo
    chunks: list[Body] = field(default_factory=list[Body])
    received: int = 0
    digest: _Digest = field(default_factory=hashlib.sha256)


@dataclass(frozen=True)
class Downloaded:
    """The end of a download: its bytes, or the error."""

    artifact: ArtifactInfo
    data: bytes
    error: HeadsmithError | None = None


class Downloads:
    """The queue of downloads of one connection. send: puts a message on the data socket."""

    def __init__(self, send: Callable[[Message], object]) -> None:
        self._send = send
        self._waiting: deque[ArtifactInfo] = deque()
        self._running: _Running | None = None

    def __len__(self) -> int:
        return len(self._waiting) + (self._running is not None)

    def add(self, artifact: ArtifactInfo) -> Downloaded | None:
        """Queues a download; what needs no download or cannot be one is answered at once."""
        if artifact.size > MAX_DOWNLOAD_BYTES:
            error = HeadsmithError(
                ErrorCode.TOO_LARGE,
                f"{artifact.name}: {artifact.size} bytes",
                "ask for a smaller texture size",
            )
            return Downloaded(artifact, b"", error)
        self._waiting.append(artifact)
        self._next()
        return None

    def chunk(self, message: Chunk, body: Body) -> Downloaded | None:
        """Takes a chunk; gives the download when it is complete. HeadsmithError(BAD_MESSAGE) for one nobody asked."""
        running = self._running
        if running is None or message.hash != running.artifact.hash:
            return None  # of a download that was given up
        artifact = running.artifact
        if message.offset != running.received or message.size != artifact.size:
            return self._end(_damaged(artifact, "its chunks do not join"))
        if running.received + len(body) > artifact.size or (not len(body) and artifact.size):
            return self._end(_damaged(artifact, "its size is wrong"))
        running.chunks.append(body)
        running.digest.update(body)
        running.received += len(body)
        if body:
            self._send(Credit(len(body)))
        if running.received < artifact.size:
            return None
        if running.digest.hexdigest() != artifact.hash:
            return self._end(_damaged(artifact, "its sha256 is wrong"))
        return self._end(Downloaded(artifact, b"".join(running.chunks)))

    def refused(self, hash_: str, error: HeadsmithError) -> Downloaded | None:
        """The server cannot give that blob."""
        if self._running is None or self._running.artifact.hash != hash_:
            return None
        return self._end(Downloaded(self._running.artifact, b"", error))

    def _end(self, result: Downloaded) -> Downloaded:
        self._running = None
        self._next()
        return result

    def _next(self) -> None:
        if self._running is None and self._waiting:
            self._running = _Running(self._waiting.popleft())
            self._send(Get(self._running.artifact.hash))


def _damaged(artifact: ArtifactInfo, why: str) -> Downloaded:
    error = HeadsmithError(ErrorCode.BAD_MESSAGE, f"{artifact.name} arrived damaged: {why}", "run the job again")
    return Downloaded(artifact, b"", error)
