"""LocalExecutor: one spawned worker process, watched by a thread, replaced when it dies."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from typing import Any, Final

from headsmith_server.executors.config import WorkerConfig
from headsmith_server.executors.lines import read_event
from headsmith_server.executors.logline import line
from headsmith_server.executors.protocol import (
    Cancelled,
    Failed,
    Finished,
    Sink,
    WorkerLost,
    WorkerReady,
    WorkerUnusable,
)
from headsmith_shared.errors import ErrorCode, HeadsmithError

_HOPELESS_STARTS: Final = 3
_LONGEST_PAUSE_S: Final = 8.0
_log = logging.getLogger("headsmith.worker")


class LocalExecutor:
    """See executors.protocol.Executor. store: folder of the content store that the worker writes to."""

    def __init__(self, config: WorkerConfig, device: str, store: Path) -> None:
        self._config = config
        self._device = device
        self._store = store
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._job = ""
        self._last_job = ""  # what the worker prints is read a little later than its events
        self._cancelling = ""
        self._ready = False
        self._kept_order: dict[str, Any] | None = None
        self._thread: threading.Thread | None = None
        self._last_lines: deque[str] = deque(maxlen=20)

    @property
    def pid(self) -> int | None:
        """Of the worker process that runs now."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self, sink: Sink) -> None:
        self._sink = sink
        self._thread = threading.Thread(target=self._watch, name="headsmith-worker-watch", daemon=True)
        self._thread.start()

    def run(self, job: str, spec: dict[str, Any]) -> None:
        order = {"do": "run", "job": job, "spec": spec}
        with self._lock:
            self._last_job = job
            if not self._ready:  # the worker died since it said so: the next one takes the job
                self._kept_order = order
                return
            self._ready = False
            self._job = job
        self._order(order)

    def cancel(self, job: str) -> None:
        with self._lock:
            if self._kept_order is not None and self._kept_order["job"] == job:
                self._kept_order = None
                self._sink(Cancelled(job))
                return
            if job != self._job:
                return
            self._cancelling = job
        self._order({"do": "cancel", "job": job})
        timer = threading.Timer(self._config.cancel_grace_s, self._kill_if_running, (job, self._process))
        timer.daemon = True
        timer.start()

    def stop(self) -> None:
        self._stopping.set()
        with self._lock:
            process = self._process
        if process is not None:
            process.kill()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(5.0)

    def _watch(self) -> None:
        failed_starts = 0
        while not self._stopping.is_set():
            try:
                process = self._spawn()
            except OSError as error:
                unusable = WorkerUnusable(ErrorCode.WORKER_DIED.value, f"a worker cannot be started: {error}")
                self._fail_kept_order(unusable)
                self._sink(unusable)
                failed_starts += 1
                self._stopping.wait(min(_LONGEST_PAUSE_S, 0.25 * 2**failed_starts))
                continue
            ready = self._follow(process)
            code = process.wait()
            if self._stopping.is_set():
                return
            failed_starts = 0 if ready else failed_starts + 1
            self._lost(code, failed_starts)
            if failed_starts:
                self._stopping.wait(min(_LONGEST_PAUSE_S, 0.25 * 2**failed_starts))

    def _follow(self, process: subprocess.Popen[bytes]) -> bool:
        """Hands on the worker's events until it ends; True when it was ready once."""
        assert process.stdout is not None
        ready = False
        for raw in process.stdout:
            try:
                event = read_event(raw)
            except (ValueError, KeyError, TypeError, HeadsmithError) as error:
                _log.error(line("unreadable worker line", error=str(error)))
                continue
            ready = ready or isinstance(event, WorkerReady)
            if isinstance(event, Finished | Failed | Cancelled):
                with self._lock:
                    self._job = self._cancelling = ""
            if isinstance(event, WorkerReady) and self._take_kept_order():
                continue
            if isinstance(event, WorkerUnusable):
                self._fail_kept_order(event)
            self._sink(event)
        return ready

    def _take_kept_order(self) -> bool:
        """The worker is ready; True when a job was kept for it, which it has now."""
        with self._lock:
            order, self._kept_order = self._kept_order, None
            self._ready = order is None
            if order is not None:
                self._job = order["job"]
        if order is None:
            return False
        self._order(order)
        return True

    def _fail_kept_order(self, why: WorkerUnusable) -> None:
        with self._lock:
            order, self._kept_order = self._kept_order, None
        if order is not None:
            self._sink(Failed(order["job"], why.code, why.text, why.remedy))

    def _lost(self, code: int, failed_starts: int) -> None:
        with self._lock:
            self._ready = False
            job, self._job = self._job, ""
            cancelled = self._cancelling == job != ""
            self._cancelling = ""
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        _log.warning(line("worker ended", job=job, how=how))
        if job and cancelled:
            self._sink(Cancelled(job))
        elif job:
            self._sink(Failed(job, ErrorCode.WORKER_DIED.value, f"the worker process died ({how})", self._remedy(code)))
        else:
            self._sink(WorkerLost(how))
        if failed_starts == _HOPELESS_STARTS:
            last = self._last_lines[-1] if self._last_lines else "it said nothing"
            text = f"the worker process dies while it starts ({how}): {last[:300]}"
            unusable = WorkerUnusable(ErrorCode.WORKER_DIED.value, text, "run: headsmith doctor")
            self._fail_kept_order(unusable)
            self._sink(unusable)

    def _remedy(self, code: int) -> str:
        if code == -9:
            return "memory may have run out: choose a smaller texture size or quality; then run it again"
        return "run it again; read server.log if it comes again"

    def _spawn(self) -> subprocess.Popen[bytes]:
        config = self._config
        arguments = {
            "pipeline": config.pipeline,
            "warm_up": config.warm_up,
            "device": self._device,
            "store": str(self._store),
        }
        environment = dict(os.environ)
        if config.python_path:
            inherited = [environment["PYTHONPATH"]] if environment.get("PYTHONPATH") else []
            environment["PYTHONPATH"] = os.pathsep.join([*config.python_path, *inherited])
        process = subprocess.Popen(
            [sys.executable, "-m", "headsmith_server.executors.worker", json.dumps(arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        with self._lock:
            self._process = process
        if self._stopping.is_set():
            process.kill()
        threading.Thread(target=self._read_log, args=(process,), name="headsmith-worker-log", daemon=True).start()
        _log.info(line("worker started", pid=process.pid))
        return process

    def _read_log(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        for raw in process.stderr:
            text = raw.decode("utf-8", "replace").rstrip()
            if text:
                self._last_lines.append(text)
                _log.info(line("worker says", job=self._last_job, text=text[:2000]))

    def _order(self, order: dict[str, Any]) -> None:
        process = self._process
        if process is None or process.stdin is None:
            return
        try:
            process.stdin.write(json.dumps(order).encode("ascii") + b"\n")
            process.stdin.flush()
        except (OSError, ValueError):
            pass  # it is dying; the watching thread reports that

    def _kill_if_running(self, job: str, process: subprocess.Popen[bytes] | None) -> None:
        with self._lock:
            stuck = self._job == job and self._process is process
        if stuck and process is not None:
            _log.warning(line("worker does not notice the cancel and is killed", job=job))
            process.kill()
