"""From the queue to the executor and back: which job runs, and what becomes of the executor's reports."""

from __future__ import annotations

import logging
import time

from headsmith_server.broker.estimate import Durations
from headsmith_server.broker.jobs import Job, JobTable
from headsmith_server.broker.sessions import Sessions
from headsmith_server.executors.logline import line
from headsmith_server.executors.protocol import (
    Cancelled,
    Executor,
    ExecutorEvent,
    Failed,
    Finished,
    Noted,
    Produced,
    Progressed,
    WorkerLost,
    WorkerReady,
    WorkerUnusable,
)
from headsmith_server.executors.store import ContentStore
from headsmith_shared.errors import ErrorCode
from headsmith_shared.protocol.messages import ArtifactInfo, Event, Failure, WorkerStateName

_log = logging.getLogger("headsmith.broker")


class Dispatcher:
    """Gives jobs to a free worker, one at a time, and writes their story into the log.

    worker, device: for STATUS; store_bytes: the size of all blobs in the store.
    """

    def __init__(self, jobs: JobTable, sessions: Sessions, executor: Executor, store: ContentStore) -> None:
        self._jobs = jobs
        self._sessions = sessions
        self._executor = executor
        self._store = store
        self._durations = Durations()
        self._sizes: dict[str, int] = {}
        self.worker: WorkerStateName = "starting"
        self.device = ""

    @property
    def store_bytes(self) -> int:
        """Bytes of all blobs in the store."""
        return sum(self._sizes.values())

    def dispatch(self) -> None:
        """Starts the next job when a worker is free."""
        while self.worker == "idle" and (job := self._jobs.next_queued()) is not None:
            if job.deadline is not None and time.time() > job.deadline:
                self._fail(job, ErrorCode.JOB_FAILED, "its deadline passed before a worker was free", "submit it again")
                continue
            self._record(job, Event(job.id, 1, "started"))
            _log.info(line("started", job=job.id))
            self.worker = "busy"
            self._executor.run(job.id, job.spec)

    def cancel(self, job: Job) -> None:
        """Ends a queued job at once, a running one by the executor; leaves one that is over."""
        if job.over:
            return
        if job.state == "queued":
            self._record(job, Event(job.id, 1, "cancelled"))
        elif not job.cancel_asked:
            job.cancel_asked = True
            self._executor.cancel(job.id)
        _log.info(line("cancel", job=job.id, state=job.state))

    def shut_down(self) -> None:
        """Tells all clients that their jobs end with the server."""
        for job in list(self._jobs):
            if not job.over:
                self._fail(job, ErrorCode.NO_SERVER, "the server was stopped", "start it and submit the job again")

    def take(self, event: ExecutorEvent) -> None:
        """Deals with one report of the executor."""
        if isinstance(event, WorkerReady):
            self.worker, self.device = "idle", event.device
        elif isinstance(event, WorkerLost):
            self.worker = "starting"
            self._store.sweep(self._sizes)
        elif isinstance(event, WorkerUnusable):
            self.worker = "failed"
            _log.error(line("no worker", code=event.code, error=event.text))
            for job in [job for job in self._jobs if job.state == "queued"]:
                self._record(job, Event(job.id, 1, "failed", failure=Failure(event.code, event.text, event.remedy)))
        else:
            job = self._jobs.get(event.job)
            if job is not None and job.state == "running":
                self._job_event(job, event)

    def _job_event(self, job: Job, event: Progressed | Noted | Produced | Finished | Failed | Cancelled) -> None:
        if isinstance(event, Progressed):
            job.stage, job.fraction = event.stage, event.fraction
            elapsed = time.monotonic() - job.started
            remaining = self._durations.remaining(job.spec, event.fraction, elapsed)
            self._sessions.progress(
                Event(
                    job.id, 0, "progress",
                    at=time.time(), stage=event.stage, fraction=event.fraction, remaining=remaining,
                )
            )  # fmt: skip
        elif isinstance(event, Noted):
            self._record(job, Event(job.id, 1, "note", note_kind=event.kind, text=event.text))
        elif isinstance(event, Produced):
            artifact = ArtifactInfo(event.kind, event.name, event.media_type, event.hash, event.size, event.meta)
            self._sizes[event.hash] = event.size
            self._record(job, Event(job.id, 1, "artifact", artifact=artifact))
        elif isinstance(event, Finished):
            self._durations.finished(job.spec, event.seconds)
            self._record(job, Event(job.id, 1, "done", seconds=event.seconds, stages=event.stages))
        elif isinstance(event, Failed):
            if event.code == ErrorCode.WORKER_DIED:
                self.worker = "starting"
                self._store.sweep(self._sizes)
            self._record(job, Event(job.id, 1, "failed", failure=Failure(event.code, event.text, event.remedy)))
        else:
            self._store.sweep(self._sizes)  # its process may have been killed for it
            self._record(job, Event(job.id, 1, "cancelled"))

    def _fail(self, job: Job, code: ErrorCode, text: str, remedy: str) -> None:
        self._record(job, Event(job.id, 1, "failed", failure=Failure(code.value, text, remedy)))

    def _record(self, job: Job, event: Event) -> None:
        kept = self._jobs.record(job, event)
        self._sessions.event(job.id)
        if job.over:
            failure = kept.failure
            _log.info(line(kept.kind, job=job.id, seconds=round(kept.seconds, 3) or "",
                           error=f"{failure.code}: {failure.text}" if failure else ""))  # fmt: skip
            for hash_ in self._jobs.retire(job.owner):
                self._store.remove(hash_)
                self._sizes.pop(hash_, None)
