"""What is known about each job, as states that the panel renders. No bpy here: messages in, states and arrivals out."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from headsmith_shared.client import (
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
    LinkChanged,
    LinkState,
    Problem,
)
from headsmith_shared.errors import HeadsmithError
from headsmith_shared.specs import GenerateSpec


class JobPhase(StrEnum):
    """How far a job is, as the artist sees it."""

    WAITING = "waiting"
    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    FINISHING = "finishing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Nothing more will come."""
        return self in (JobPhase.DONE, JobPhase.FAILED, JobPhase.CANCELLED)


@dataclass
class Job:
    """One job of this Blender. scene: the name of the scene its head belongs to; remaining: seconds at `told`.

    spec: what was sent; None for a job whose id alone was stored in the file.
    """

    id: str
    head_id: str
    scene: str
    phase: JobPhase = JobPhase.WAITING
    spec: GenerateSpec | None = None
    stage: str = ""
    fraction: float = 0.0
    remaining: float | None = None
    told: float = 0.0
    not_understood: list[str] = field(default_factory=list)
    not_built: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    error: HeadsmithError | None = None
    seconds: float = 0.0
    unfinished_work: int = 0

    def remaining_now(self) -> float | None:
        """Seconds until the end as far as known."""
        return None if self.remaining is None else max(0.0, self.remaining - (time.monotonic() - self.told))


@dataclass(frozen=True)
class Arrival:
    """Bytes that came for a job. kind: "geometry", "map" or "head"; meta as the pipeline wrote it."""

    job_id: str
    kind: str
    media_type: str
    data: bytes = field(repr=False)
    meta: dict[str, Any] = field(default_factory=dict)


class Desk:
    """The link's state, all jobs of this Blender and what has arrived for them."""

    def __init__(self) -> None:
        self.link = LinkState.OFFLINE
        self.link_error: HeadsmithError | None = None
        self.server_version = ""
        self.jobs: dict[str, Job] = {}
        self.arrivals: list[Arrival] = []
        self.starting = False  # a start was asked for, and how it ends is not known yet
        self.given_up: list[str] = []  # jobs that the client must not send any more

    def active(self) -> Job | None:
        """The newest job that is not over."""
        return next((job for job in reversed(self.jobs.values()) if not job.phase.over), None)

    def receive(self, message: InboxMessage) -> None:
        """Bring the states up to one message. Messages about unknown jobs are dropped."""
        match message:
            case LinkChanged():
                self.link, self.link_error = message.state, message.error
                self.server_version = message.server_version or self.server_version
                self._watch_start()
            case Problem(error=error, job=""):
                self.link_error = error
            case _:
                job = self.jobs.get(getattr(message, "job", ""))
                if job is not None and not job.phase.over:
                    self._receive_for(job, message)

    def finished_piece(self, job: Job) -> None:
        """One arrival of a job has been applied or given up."""
        job.unfinished_work -= 1
        if job.phase is JobPhase.FINISHING and job.unfinished_work <= 0:
            job.phase = JobPhase.DONE

    def fail(self, job: Job, error: HeadsmithError) -> None:
        """End a job with an error that arose on this side."""
        job.phase, job.error = JobPhase.FAILED, error

    def _watch_start(self) -> None:
        """Jobs that wait for a server fail when the start that was asked for has failed."""
        asked = self.starting
        self.starting = self.link is LinkState.STARTING or (asked and self.link is LinkState.CONNECTING)
        if asked and self.link is LinkState.OFFLINE and self.link_error is not None:
            for job in self.jobs.values():
                if job.phase is JobPhase.WAITING:
                    self.fail(job, self.link_error)
                    self.given_up.append(job.id)

    def _receive_for(self, job: Job, message: InboxMessage) -> None:
        match message:
            case JobAccepted(state="queued"):
                self._advance(job, JobPhase.QUEUED)
            case JobStarted():
                self._advance(job, JobPhase.RUNNING)
            case JobProgress():
                self._advance(job, JobPhase.RUNNING)
                job.stage, job.fraction = message.stage, message.fraction
                job.remaining, job.told = message.remaining, time.monotonic()
            case JobNote():
                notes = {"not_understood": job.not_understood, "not_built": job.not_built}
                target = notes.get(message.kind, job.warnings)
                if message.text not in target:
                    target.append(message.text)
            case ArtifactReceived():
                job.unfinished_work += 1
                artifact = message.artifact
                self.arrivals.append(
                    Arrival(job.id, artifact.kind, artifact.media_type, message.data, dict(artifact.meta))
                )
            case JobDone():
                job.seconds, job.fraction, job.remaining = message.seconds, 1.0, 0.0
                job.phase = JobPhase.FINISHING if job.unfinished_work > 0 else JobPhase.DONE
            case JobFailed() | JobRefused():
                job.phase, job.error = JobPhase.FAILED, message.error
            case JobCancelled():
                job.phase = JobPhase.CANCELLED
            case Problem():
                job.phase, job.error = JobPhase.FAILED, message.error

    @staticmethod
    def _advance(job: Job, phase: JobPhase) -> None:
        if job.phase in (JobPhase.WAITING, JobPhase.QUEUED):
            job.phase = phase
