"""Executor events as lines of JSON, for the pipes between a worker process and its executor (no pickle)."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

from headsmith_server.executors.protocol import (
    Cancelled,
    ExecutorEvent,
    Failed,
    Finished,
    Noted,
    Produced,
    Progressed,
    WorkerReady,
    WorkerUnusable,
)
from headsmith_shared.protocol.codec import build

_EVENTS: Final[dict[str, type[Any]]] = {
    kind.__name__: kind
    for kind in (WorkerReady, WorkerUnusable, Progressed, Noted, Produced, Finished, Failed, Cancelled)
}


def event_line(event: ExecutorEvent) -> bytes:
    """One line that says what happened."""
    return json.dumps({"event": type(event).__name__, **asdict(event)}, allow_nan=False).encode("ascii") + b"\n"


def read_event(line: bytes) -> ExecutorEvent:
    """The event of such a line; ValueError, KeyError or HeadsmithError for anything else."""
    content = json.loads(line)
    return build(_EVENTS[content["event"]], content)
