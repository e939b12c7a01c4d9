"""The worker process by itself: its lines, its end with its parent, its log."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headsmith_server.executors.lines import event_line, read_event
from headsmith_server.executors.local import LocalExecutor
from headsmith_server.executors.protocol import (
    Cancelled,
    ExecutorEvent,
    Failed,
    Finished,
    Noted,
    Produced,
    Progressed,
    WorkerLost,
    WorkerReady,
)
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol import encode_spec, new_job_id
from headsmith_shared.specs import GenerateSpec
from tests.server.broker.conftest import FAKE, gone

Wait = Callable[..., Any]


class Running:
    """An executor and what it reported."""

    def __init__(self, store: Path) -> None:
        self.events: SimpleQueue[ExecutorEvent] = SimpleQueue()
        self.executor = LocalExecutor(FAKE, "auto", store)
        self.executor.start(self.events.put)

    def wait_for(self, *kinds: type[ExecutorEvent], timeout: float = 10.0) -> ExecutorEvent:
        deadline = time.monotonic() + timeout
        while True:
            try:
                event = self.events.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                raise AssertionError(f"no {kinds}") from None
            if isinstance(event, kinds):
                return event

    def run(self, prompt: str) -> str:
        job = new_job_id()
        self.executor.run(job, encode_spec(GenerateSpec(prompt)))
        return job


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / "store")
    yield running
    running.executor.stop()


def test_it_runs_jobs_one_after_the_other_in_one_process(worker: Running) -> None:
    assert worker.wait_for(WorkerReady) == WorkerReady("cpu")
    pid = worker.executor.pid
    for _ in range(3):
        job = worker.run("head 1000")
        finished = worker.wait_for(Finished)
        assert isinstance(finished, Finished)
        assert finished.job == job
        worker.wait_for(WorkerReady)
    assert worker.executor.pid == pid


def test_kill_9_fails_the_job_and_brings_a_new_worker(worker: Running) -> None:
    worker.wait_for(WorkerReady)
    job = worker.run("slow")
    worker.wait_for(Progressed)
    assert worker.executor.pid is not None
    os.kill(worker.executor.pid, signal.SIGKILL)
    failed = worker.wait_for(Failed)
    assert isinstance(failed, Failed)
    assert (failed.job, failed.code) == (job, ErrorCode.WORKER_DIED)
    assert "signal 9" in failed.text
    worker.wait_for(WorkerReady)


def test_kill_9_of_an_idle_worker_brings_a_new_one(worker: Running) -> None:
    worker.wait_for(WorkerReady)
    assert worker.executor.pid is not None
    os.kill(worker.executor.pid, signal.SIGKILL)
    worker.wait_for(WorkerLost)
    worker.wait_for(WorkerReady)


def test_a_job_given_to_a_worker_that_just_died_goes_to_the_next_one(worker: Running) -> None:
    worker.wait_for(WorkerReady)
    worker.executor._ready = False  # as between its death and the report of it
    job = worker.run("head 1000")
    assert worker.executor.pid is not None
    os.kill(worker.executor.pid, signal.SIGKILL)
    finished = worker.wait_for(Finished, Failed, Cancelled)
    assert isinstance(finished, Finished)
    assert finished.job == job
    worker.wait_for(WorkerReady)


def test_a_job_that_waits_for_the_next_worker_can_be_cancelled(worker: Running) -> None:
    job = worker.run("head 1000")  # none is ready yet
    worker.executor.cancel(job)
    assert worker.wait_for(Finished, Failed, Cancelled, timeout=1.0) == Cancelled(job)
    assert worker.wait_for(WorkerReady) == WorkerReady("cpu")


def test_a_cancel_for_another_job_does_nothing(worker: Running) -> None:
    worker.wait_for(WorkerReady)
    job = worker.run("slow 0.3")
    worker.executor.cancel(new_job_id())
    finished = worker.wait_for(Finished, Cancelled)
    assert isinstance(finished, Finished)
    assert finished.job == job


def test_a_cancel_that_comes_too_late_kills_nobody(worker: Running) -> None:
    worker.wait_for(WorkerReady)
    pid = worker.executor.pid
    job = worker.run("head 1000")
    worker.executor.cancel(job)
    worker.wait_for(Finished, Cancelled)
    worker.wait_for(WorkerReady)
    time.sleep(FAKE.cancel_grace_s + 0.2)
    assert worker.executor.pid == pid


def test_a_cancel_right_behind_the_job_is_not_lost(worker: Running) -> None:
    worker.wait_for(WorkerReady)
    for _ in range(10):
        job = worker.run("slow")
        started = time.monotonic()
        worker.executor.cancel(job)
        assert worker.wait_for(Cancelled, Failed) == Cancelled(job)
        assert time.monotonic() - started < 0.25
        worker.wait_for(WorkerReady)


def test_what_libraries_print_goes_to_the_log_with_the_job(worker: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "headsmith")
    worker.wait_for(WorkerReady)
    job = worker.run("chatty 3")
    worker.wait_for(Finished)
    deadline = time.monotonic() + 2
    while "a library that prints" not in caplog.text and time.monotonic() < deadline:
        time.sleep(0.01)
    assert f'job={job} text="a library that prints to standard output"' in caplog.text


@pytest.mark.parametrize("stopped", [False, True])
def test_a_worker_ends_when_its_parent_is_killed(tmp_path: Path, stopped: bool) -> None:
    """Also while it is busy, and when the parent had no chance to say anything."""
    code = (
        "import json, sys, time; from pathlib import Path\n"
        "from headsmith_server.executors.config import WorkerConfig\n"
        "from headsmith_server.executors.local import LocalExecutor\n"
        "from headsmith_server.executors.protocol import Progressed, WorkerReady\n"
        "pipeline, warm_up, path, store, spec, job = json.loads(sys.argv[1])\n"
        "executor = LocalExecutor(WorkerConfig(pipeline, warm_up, (path,)), 'cpu', Path(store))\n"
        "def told(event):\n"
        "    if isinstance(event, WorkerReady):\n"
        "        executor.run(job, spec)\n"
        "    if isinstance(event, Progressed):\n"
        "        print(executor.pid, flush=True)\n"  # from now on it says nothing, so no broken pipe ends it
        "executor.start(told)\n"
        "time.sleep(60)\n"
    )
    spec = encode_spec(GenerateSpec("deaf"))
    arguments = [FAKE.pipeline, FAKE.warm_up, FAKE.python_path[0], str(tmp_path / "store"), spec, new_job_id()]
    parent = subprocess.Popen([sys.executable, "-c", code, json.dumps(arguments)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        pid = int(parent.stdout.readline())
    if stopped:
        parent.send_signal(signal.SIGSTOP)
    parent.kill()
    parent.wait(5)
    assert gone(pid)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
events = st.one_of(
    st.builds(WorkerReady, texts),
    st.builds(Progressed, texts, texts, st.floats(0, 1)),
    st.builds(Noted, texts, texts, texts),
    st.builds(
        Produced, texts, texts, texts, texts, texts, st.integers(0, 2**40), st.dictionaries(texts, st.integers(0, 9))
    ),
    st.builds(Finished, texts, st.floats(0, 1e6), st.dictionaries(texts, st.floats(0, 1e6))),
    st.builds(Failed, texts, texts, texts, texts),
    st.builds(Cancelled, texts),
)


@given(events)
def test_events_survive_the_pipe_as_one_line(event: ExecutorEvent) -> None:
    line = event_line(event)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert read_event(line) == event


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b'{"event": "Bomb"}', b'{"event": "Finished"}', b"\xff"])
def test_a_damaged_line_is_refused(line: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, HeadsmithError)):
        read_event(line)
