"""Several workers as one: tasks in, encoded samples out in the same order."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from headsmith_server.devices import available_cores
from headsmith_server.synthesis.shards import frames
from headsmith_server.synthesis.shards.kind import Options
from headsmith_shared.errors import ErrorCode, HeadsmithError

MAX_WORKERS: Final = 256
_AHEAD: Final = 3
"""Tasks begun before their turn, per worker: enough to keep all busy, few enough to hold in memory."""
_THREADS: Final = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

Encoded = dict[str, bytes]


@dataclass(frozen=True)
class Task:
    """Members first .. last - 1 of a group."""

    group: int
    first: int
    last: int


def check_workers(workers: int) -> None:
    """HeadsmithError BAD_USAGE unless a run may have that many workers."""
    if not 1 <= workers <= MAX_WORKERS:
        raise HeadsmithError(
            ErrorCode.BAD_USAGE, f"--workers {workers}: must be 1 to {MAX_WORKERS}", "choose as many as cores"
        )


class _Died(Exception):
    """A worker ended without an answer. The text says how."""


class Pool:
    """Worker processes for one kind, seed and options; a context manager that ends them in any case.

    kind: a name or "module:name"; device: as on the command line; note: hears of workers that had to be replaced.
    Which worker makes a task decides nothing about the result. HeadsmithError BAD_USAGE for a number of workers out
    of range.
    """

    def __init__(
        self,
        kind: str,
        seed: int,
        options: Options,
        device: str = "cpu",
        workers: int = 1,
        note: Callable[[str], None] = lambda text: None,
    ) -> None:
        check_workers(workers)
        # On a GPU one process feeds many cores with images to encode.
        threads = 1 if device == "cpu" else max(1, available_cores() // workers)
        self._set_up = {
            "kind": kind,
            "seed": seed,
            "size": options.size,
            "views": options.views,
            "device": device,
            "threads": threads,
        }
        self._views = options.views
        self._note = note
        self._closing = False
        self._workers: list[_Worker] = []
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="shards")
        self._ahead = _AHEAD * workers
        try:
            for _ in range(workers):
                worker = _Worker(self._set_up)
                self._workers.append(worker)
                self._idle.put(worker)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the workers at once, whatever they are doing."""
        self._closing = True
        for worker in self._workers:
            worker.end()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in self._workers:
            worker.end()  # also one that was being replaced meanwhile
            worker.close_pipes()

    def warm_up(self, group: int = 0) -> None:
        """Let every worker make the first sample of a group and drop it, so that what it keeps is there."""
        list(self._threads.map(lambda worker: self._asked(worker, Task(group, 0, 1)), self._workers))

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, list[Encoded]]]:
        """Every task with its samples, in the order of the tasks, some tasks ahead of the one that is taken.

        Raises HeadsmithError: WORKER_DIED when a task ended two workers; JOB_FAILED or the kind's own error.
        """
        waiting: deque[tuple[Task, Future[list[Encoded]]]] = deque()
        source = iter(tasks)
        try:
            while True:
                while len(waiting) < self._ahead and (task := next(source, None)) is not None:
                    waiting.append((task, self._threads.submit(self._made, task)))
                if not waiting:
                    return
                task, future = waiting.popleft()
                yield task, future.result()
        finally:
            for _, future in waiting:
                future.cancel()

    def _made(self, task: Task) -> list[Encoded]:
        worker = self._idle.get()
        try:
            return self._asked(worker, task)
        finally:
            self._idle.put(worker)

    def _asked(self, worker: _Worker, task: Task) -> list[Encoded]:
        try:
            return worker.ask(task)
        except _Died as death:
            if self._closing:
                raise HeadsmithError(ErrorCode.CANCELLED, "cancelled") from None
            samples = self._name(task)
            self._note(f"a worker died at {samples} ({death}); trying once more")
        except HeadsmithError as error:
            raise HeadsmithError(error.code, f"{self._name(task)}: {error.message}", error.remedy) from None
        worker.restart()
        try:
            return worker.ask(task)
        except _Died as death:
            raise HeadsmithError(
                ErrorCode.WORKER_DIED,
                f"{samples}: two workers died there ({death})",
                "free some memory, use fewer --workers, or report this as a bug",
            ) from None

    def _name(self, task: Task) -> str:
        start = task.group * self._views
        first, last = start + task.first, start + task.last - 1
        which = f"sample {first}" if first == last else f"samples {first} to {last}"
        return f"{self._set_up['kind']} {which}"


class _Worker:
    """One process and its two pipes. What it says on standard error is kept for the case that it dies."""

    def __init__(self, set_up: dict[str, Any]) -> None:
        self._set_up = set_up
        self._start()

    def ask(self, task: Task) -> list[Encoded]:
        """The task's samples. Raises _Died, or the HeadsmithError that the worker reports."""
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None
        assert answers is not None
        try:
            if not self._ready:
                self._answer(frames.receive(answers))
                self._ready = True
            frames.send(requests, {"group": task.group, "first": task.first, "last": task.last})
            header, bodies = self._answer(frames.receive(answers))
        except OSError:
            raise self._death() from None
        contents = iter(bodies)
        return [{name: next(contents) for name in names} for names in header["names"]]

    def end(self) -> None:
        """Kill it; it holds nothing that would have to be put in order."""
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        """A fresh process in place of this one."""
        self.end()
        self.close_pipes()
        self._start()

    def _start(self) -> None:
        environment = {
            **os.environ,
            **dict.fromkeys(_THREADS, "1"),
            "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }
        self._ready = False
        try:
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "headsmith_server.synthesis.shards.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env=environment,
                start_new_session=True,  # Ctrl-C in the terminal is for the owner alone
            )
            assert self._process.stdin is not None
            frames.send(self._process.stdin, self._set_up)
        except OSError as error:
            cause = (error.strerror or type(error).__name__).lower()
            raise HeadsmithError(
                ErrorCode.WORKER_DIED, f"no worker can be started, {cause}", "free some memory and try again"
            ) from error

    def _answer(self, message: tuple[dict[str, Any], list[bytes]] | None) -> tuple[dict[str, Any], list[bytes]]:
        if message is None:
            raise self._death()
        if "error" in message[0]:
            header = message[0]
            raise HeadsmithError(ErrorCode(header["error"]), header["message"], header["remedy"])
        return message

    def _death(self) -> _Died:
        self._process.kill()
        code = self._process.wait()
        if code < 0:
            return _Died(f"ended by {signal.Signals(-code).name}")
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - 2000))
        last = self._errors.read().decode("utf-8", "replace").strip().splitlines()[-1:] or ["it said nothing"]
        return _Died(f"exit code {code}: {last[0][:200]}")

    def close_pipes(self) -> None:
        """Give back what an ended process was spoken to through."""
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue  # bytes that nobody will read
