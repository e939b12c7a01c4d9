"""Jobs and their durable events: the only truth about what was asked and what came of it.

`EventLog` is the seam for durability: today's keeps events in memory, a journal on disk keeps them over a crash.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from headsmith_shared.protocol.messages import FINAL_KINDS, Event, JobState, JobStateName


class EventLog(Protocol):
    """Durable events by job, in order; `append` returns only when the event is kept."""

    def append(self, event: Event) -> None:
        """Keeps the job's next event; event.seq is last_seq + 1."""
        ...

    def after(self, job: str, seq: int, limit: int) -> list[Event]:
        """At most `limit` events of the job with a greater seq, in order."""
        ...

    def last_seq(self, job: str) -> int:
        """The newest event's seq, 0 when there is none."""
        ...

    def forget(self, job: str) -> None:
        """Drops a job's events."""
        ...


class MemoryEventLog:
    """An EventLog that ends with the process."""

    def __init__(self) -> None:
        self._events: dict[str, list[Event]] = {}

    def append(self, event: Event) -> None:
        events = self._events.setdefault(event.job, [])
        if event.seq != len(events) + 1:
            raise ValueError(f"event {event.seq} of {event.job} after {len(events)}")
        events.append(event)

    def after(self, job: str, seq: int, limit: int) -> list[Event]:
        return self._events.get(job, [])[seq : seq + limit]

    def last_seq(self, job: str) -> int:
        return len(self._events.get(job, ()))

    def forget(self, job: str) -> None:
        self._events.pop(job, None)


@dataclass
class Job:
    """One job. owner: the client's public key; started: monotonic; acked: newest seq that its owner has kept safe."""

    id: str
    owner: str
    spec: dict[str, Any]
    spec_hash: str
    label: str
    priority: int
    deadline: float | None
    order: int
    created: float
    state: JobStateName = "queued"
    started: float = 0.0
    acked: int = 0
    stage: str = ""
    fraction: float = 0.0
    cancel_asked: bool = False
    blobs: set[str] = field(default_factory=set)

    @property
    def over(self) -> bool:
        """True when nothing more will happen."""
        return self.state in FINAL_KINDS


class JobTable:
    """All jobs of this server. kept: how many jobs that are over are remembered, per owner."""

    def __init__(self, log: EventLog, kept: int = 64) -> None:
        self.log = log
        self._kept = kept
        self._jobs: dict[str, Job] = {}
        self._order = 0

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    def get(self, job: str, owner: str | None = None) -> Job | None:
        """The job; None when there is none, or when it is not `owner`'s."""
        found = self._jobs.get(job)
        return found if found is not None and (owner is None or found.owner == owner) else None

    def add(
        self,
        id_: str,
        owner: str,
        spec: dict[str, Any],
        spec_hash: str,
        label: str,
        priority: int = 0,
        deadline: float | None = None,
    ) -> Job:
        """A new job, queued, with its "accepted" event."""
        self._order += 1
        job = Job(id_, owner, spec, spec_hash, label, priority, deadline, self._order, time.time())
        self._jobs[id_] = job
        self.record(job, Event(id_, 1, "accepted"))
        return job

    def record(self, job: Job, event: Event) -> Event:
        """Keeps a durable event under the job's next seq, and moves the job's state with it."""
        kept = replace(event, seq=self.log.last_seq(job.id) + 1, at=time.time())
        self.log.append(kept)
        if kept.kind == "started":
            job.state, job.started = "running", time.monotonic()
        elif kept.kind == "artifact" and kept.artifact is not None:
            job.blobs.add(kept.artifact.hash)
        elif kept.kind == "done" or kept.kind == "failed" or kept.kind == "cancelled":
            job.state = kept.kind
            job.fraction = 1.0 if kept.kind == "done" else job.fraction
        return kept

    def next_queued(self) -> Job | None:
        """The job to run next: highest priority, then oldest."""
        queued = [job for job in self._jobs.values() if job.state == "queued"]
        return min(queued, key=lambda job: (-job.priority, job.order), default=None)

    def unfinished(self, owner: str | None = None) -> int:
        """How many jobs are queued or running."""
        return sum(not job.over and (owner is None or job.owner == owner) for job in self._jobs.values())

    def of_owner(self, owner: str) -> list[Job]:
        """The owner's jobs, newest first."""
        return sorted((job for job in self._jobs.values() if job.owner == owner), key=lambda job: -job.order)

    def owns_blob(self, owner: str, hash_: str) -> bool:
        """True when one of the owner's jobs produced that blob."""
        return any(job.owner == owner and hash_ in job.blobs for job in self._jobs.values())

    def retire(self, owner: str) -> set[str]:
        """Forgets the owner's oldest finished jobs beyond `kept`, acknowledged ones first; gives orphaned blobs."""
        over = [job for job in self._jobs.values() if job.owner == owner and job.over]
        surplus = len(over) - self._kept
        if surplus <= 0:
            return set()
        over.sort(key=lambda job: (job.acked < self.log.last_seq(job.id), job.order))
        gone: set[str] = set()
        for job in over[:surplus]:
            gone |= job.blobs
            self.log.forget(job.id)
            del self._jobs[job.id]
        return gone - {hash_ for job in self._jobs.values() for hash_ in job.blobs}

    def state(self, job: Job) -> JobState:
        """The job for STATE."""
        return JobState(
            job.id, job.state, self.log.last_seq(job.id), job.label, job.created, job.stage[:32], job.fraction
        )
