"""The one interface behind which jobs are run, and what an executor reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class WorkerReady:
    """A worker is warm and free."""

    device: str


@dataclass(frozen=True)
class WorkerLost:
    """A worker ended while it was free or starting; another one is being started."""

    text: str


@dataclass(frozen=True)
class WorkerUnusable:
    """Workers cannot be started; jobs that wait cannot be run. Starting goes on being tried."""

    code: str
    text: str
    remedy: str = ""


@dataclass(frozen=True)
class Progressed:
    """fraction of the whole job, 0..1."""

    job: str
    stage: str
    fraction: float


@dataclass(frozen=True)
class Noted:
    """A note for the user."""

    job: str
    kind: str
    text: str


@dataclass(frozen=True)
class Produced:
    """An artifact lies in the store under its sha256 `hash`."""

    job: str
    kind: str
    name: str
    media_type: str
    hash: str
    size: int
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Finished:
    """The job is done. seconds: of work; stages: seconds by stage name."""

    job: str
    seconds: float
    stages: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Failed:
    """The job ended in an error (a code of headsmith_shared.errors)."""

    job: str
    code: str
    text: str
    remedy: str = ""


@dataclass(frozen=True)
class Cancelled:
    """The job was cancelled, by its own check or with its process."""

    job: str


ExecutorEvent = (
    WorkerReady | WorkerLost | WorkerUnusable | Progressed | Noted | Produced | Finished | Failed | Cancelled
)
Sink = Callable[[ExecutorEvent], None]


class Executor(Protocol):
    """Runs one job at a time for each WorkerReady that it reports. No method blocks for long.

    After Finished, Failed or Cancelled comes a WorkerReady as soon as the next job can be taken.
    """

    def start(self, sink: Sink) -> None:
        """Begins to start workers; `sink` is called from other threads."""
        ...

    def run(self, job: str, spec: dict[str, Any]) -> None:
        """Gives a job to a free worker; spec is plain JSON."""
        ...

    def cancel(self, job: str) -> None:
        """Ends a job: by its flag, by killing its process after the grace."""
        ...

    def stop(self) -> None:
        """Ends all workers, at once."""
        ...
