"""A client without a server: tests say what it hears, and look at what it was asked."""

from __future__ import annotations

from dataclasses import asdict

from headsmith_shared.client import (
    ArtifactInfo,
    ArtifactReceived,
    InboxMessage,
    JobAccepted,
    JobDone,
    JobNote,
    JobProgress,
    JobStarted,
    LinkChanged,
    LinkState,
)
from headsmith_shared.errors import HeadsmithError
from headsmith_shared.headfile import head_to_bytes
from headsmith_shared.specs import GenerateSpec
from tests.blender.synthetic_head import synthetic_head


class ScriptedClient:
    """Looks like ThreadedClient to the session. `says` is what the next poll returns."""

    def __init__(self, *, connect_error: HeadsmithError | None = None) -> None:
        self.says: list[InboxMessage] = []
        self.asked: list[tuple[str, object]] = []
        self.connect_error = connect_error
        self.running = False

    def start(self) -> None:
        self.running = True
        state = LinkState.OFFLINE if self.connect_error else LinkState.CONNECTED
        self.says.append(LinkChanged(state, self.connect_error, "" if self.connect_error else "0.1.0", "epoch"))

    def stop(self, timeout: float = 2.0) -> None:
        self.running = False

    def poll(self, limit: int = 64) -> list[InboxMessage]:
        now, self.says = self.says[:limit], self.says[limit:]
        return now

    def submit(self, spec: GenerateSpec, job: str | None = None) -> str:
        assert job is not None
        self.asked.append(("submit", (job, spec)))
        return job

    def cancel(self, job: str) -> None:
        self.asked.append(("cancel", job))

    def follow(self, job: str, from_seq: int = 0) -> None:
        self.asked.append(("follow", job))

    def forget(self, job: str) -> None:
        self.asked.append(("forget", job))

    def start_server(self, command: list[str] | None = None, timeout: float = 30.0) -> None:
        self.asked.append(("start_server", command))
        self.says.append(LinkChanged(LinkState.STARTING))

    def stop_server(self) -> None:
        self.asked.append(("stop_server", None))
        self.says += [LinkChanged(LinkState.STOPPING), LinkChanged(LinkState.OFFLINE)]

    @property
    def verbs(self) -> list[str]:
        """What was asked, without arguments."""
        return [verb for verb, _ in self.asked]

    def begin(self, job: str, *, fraction: float = 0.1, stage: str = "geometry") -> None:
        self.says += [JobAccepted(job, "queued"), JobStarted(job), JobProgress(job, stage, fraction, 7.0)]

    def geometry(self, job: str, **head: object) -> None:
        self.says.append(received(job, "geometry", synthetic_head(maps=False, **head)))

    def one_map(self, job: str, index: int = 0) -> None:
        texture = synthetic_head().maps[index]
        meta = {k: v for k, v in asdict(texture).items() if k not in ("data", "media_type")}
        info = ArtifactInfo("map", "map", texture.media_type, "0" * 64, len(texture.data), meta)
        self.says.append(ArtifactReceived(job, info, texture.data))

    def finish(self, job: str, **head: object) -> None:
        self.says += [
            JobNote(job, 5, "not_understood", "zorgy"),
            JobNote(job, 6, "not_built", "dreadlocks"),
            received(job, "head", synthetic_head(**head)),
            JobDone(job, 9, 8.5, {"geometry": 0.5}),
        ]


def received(job: str, kind: str, asset) -> ArtifactReceived:
    """The message that a head has been downloaded."""
    data = head_to_bytes(asset)
    return ArtifactReceived(job, ArtifactInfo(kind, asset.name, "application/zip", "0" * 64, len(data), {}), data)
