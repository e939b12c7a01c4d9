"""The worker process: `python -m headsmith_server.executors.worker CONFIG`, JSON lines on its standard streams.

It reads {"do": "run", "job", "spec"} and {"do": "cancel", "job"}, writes executor events, and ends when its input
closes, which is also what happens when the server dies in whatever way.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final

from headsmith_server.executors.context import JobContext
from headsmith_server.executors.lines import event_line
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
from headsmith_server.executors.store import ContentStore
from headsmith_server.pipelines.events import Artifact, Note, PipelineEvent, Progress
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol.jobspec import decode_spec

_MAX_META_BYTES: Final = 8 * 1024
_MAX_TEXT: Final = 1000
_DISK_FULL: Final = {
    getattr(errno, name) for name in ("ENOSPC", "EDQUOT") if hasattr(errno, name)
}  # not all on Windows


class Worker:
    """Runs jobs one after the other. say: writes an event to the executor."""

    def __init__(self, run: Callable[..., Any], device: str, store: ContentStore, say: Callable[[ExecutorEvent], None]):
        self._run = run
        self._device = device
        self._store = store
        self._say = say
        self._lock = threading.Lock()
        self._job = ""
        self._cancelled = threading.Event()

    def expect(self, job: str) -> None:
        """That job comes next. Called from the reading thread, so that a cancel right behind it finds it."""
        with self._lock:
            self._job = job
            self._cancelled.clear()

    def cancel(self, job: str) -> None:
        """Called from the reading thread."""
        with self._lock:
            if job == self._job:
                self._cancelled.set()

    def work(self, job: str, plain_spec: dict[str, Any]) -> None:
        """One expected job, from its spec to its last event; no exception leaves."""
        context = JobContext(
            self._device,
            self._cancelled,
            lambda stage, fraction: self._say(Progressed(job, stage[:128], fraction)),
        )
        try:
            events = self._run(decode_spec(plain_spec), context)
            try:
                for event in events:
                    self._tell(job, event, context)
                    context.tick()
            finally:
                if hasattr(events, "close"):
                    events.close()
            seconds, stages = context.finish()
            self._say(Finished(job, seconds, stages))
        except Exception as error:
            failure = named(error, context.stage)
            if failure.code is ErrorCode.CANCELLED and self._cancelled.is_set():
                self._say(Cancelled(job))
                return
            traceback.print_exc(file=sys.stderr)
            self._say(Failed(job, failure.code.value, failure.message[:_MAX_TEXT], failure.remedy[:_MAX_TEXT]))
        finally:
            with self._lock:
                self._job = ""

    def _tell(self, job: str, event: PipelineEvent, context: JobContext) -> None:
        if isinstance(event, Progress):
            context.tick(event.fraction, event.stage)
        elif isinstance(event, Note):
            self._say(Noted(job, event.kind[:64], event.text[:_MAX_TEXT]))
        elif isinstance(event, Artifact):
            meta = dict(event.meta)
            if len(json.dumps(meta, allow_nan=False)) > _MAX_META_BYTES:
                raise HeadsmithError(ErrorCode.JOB_FAILED, f"{event.name}: its meta is over {_MAX_META_BYTES} bytes")
            hash_ = self._store.add(event.data)
            self._say(Produced(job, event.kind, event.name[:256], event.media_type, hash_, len(event.data), meta))
        else:
            raise TypeError(f"a pipeline yielded a {type(event).__name__}")


def named(error: Exception, stage: str) -> HeadsmithError:
    """Any exception as a HeadsmithError that names the stage."""
    if isinstance(error, HeadsmithError):
        return error
    where = f"{stage}: " if stage else ""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":  # torch's own
        return HeadsmithError(
            ErrorCode.OUT_OF_MEMORY,
            f"{where}memory is exhausted",
            "choose a smaller texture size or quality, or close other programs",
        )
    if isinstance(error, OSError) and error.errno in _DISK_FULL:
        return HeadsmithError(ErrorCode.DISK_FULL, f"{where}the disk is full", "free some space and run it again")
    text = " ".join(str(error).split())[:300]
    return HeadsmithError(
        ErrorCode.JOB_FAILED, f"{where}{type(error).__name__}: {text}", "read server.log; report it if it comes again"
    )


def load_function(name: str) -> Callable[..., Any]:
    """The function that "module:function" names."""
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)


def main(config: dict[str, Any]) -> None:
    """config: pipeline, warm_up, device, store (folder)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends this process
    output = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what libraries print goes to the log, not between the events
    output_lock = threading.Lock()

    def say(event: ExecutorEvent) -> None:
        line = event_line(event)
        with output_lock:
            output.write(line)

    orders: SimpleQueue[dict[str, Any]] = SimpleQueue()
    worker: list[Worker] = []

    def read_orders() -> None:
        for line in sys.stdin.buffer:
            order = json.loads(line)
            if order["do"] == "cancel":
                worker[0].cancel(order["job"])
            else:
                worker[0].expect(order["job"])
                orders.put(order)
        os._exit(0)  # the server is gone

    threading.Thread(target=read_orders, name="orders", daemon=True).start()
    try:
        device = load_function(config["warm_up"])(config["device"])
        run = load_function(config["pipeline"])
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        failure = _startup_failure(error)
        say(WorkerUnusable(failure.code.value, failure.message[:_MAX_TEXT], failure.remedy[:_MAX_TEXT]))
        sys.exit(1)
    worker.append(Worker(run, device, ContentStore(Path(config["store"])), say))
    while True:
        say(WorkerReady(device))
        order = orders.get()
        worker[0].work(order["job"], order["spec"])


def _startup_failure(error: Exception) -> HeadsmithError:
    if isinstance(error, ImportError):
        return HeadsmithError(
            ErrorCode.MISSING_DEPENDENCY, f"the worker cannot start: {error}", "run: headsmith doctor"
        )
    failure = named(error, "starting the worker")
    return failure


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
