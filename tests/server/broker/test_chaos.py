"""Many jobs, random cancels and worker deaths; afterwards the books are audited from both sides."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest

from headsmith_shared.client import (
    ArtifactReceived,
    JobCancelled,
    JobDone,
    JobFailed,
    JobRefused,
    Problem,
    ThreadedClient,
)
from headsmith_shared.errors import ErrorCode
from headsmith_shared.specs import GenerateSpec
from tests.server.broker.conftest import Serve

PROMPTS = ("head 100000", "head 3000000", "slow 0.05", "chatty 50", "crash")
JOBS = 250
AT_ONCE = 40
STATES = {JobDone: "done", JobFailed: "failed", JobCancelled: "cancelled"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_each_job_ends_exactly_once_and_both_sides_agree_how(serve: Serve, seed: int) -> None:
    server = serve(max_jobs_per_owner=JOBS, kept_jobs=JOBS)
    dice = random.Random(seed)
    clients = [ThreadedClient(server.connection) for _ in range(3)]
    for client in clients:
        client.start()
    jobs: dict[str, str] = {}
    ends: dict[str, list[JobDone | JobFailed | JobCancelled | JobRefused]] = {}
    artifacts: dict[str, list[str]] = {}
    problems: list[Problem] = []
    killed = 0
    deadline = time.monotonic() + 60
    while len(ends) < JOBS and time.monotonic() < deadline:
        if len(jobs) < JOBS and len(jobs) - len(ends) < AT_ONCE:
            client, prompt = dice.choice(clients), dice.choice(PROMPTS)
            job = client.submit(GenerateSpec(prompt, len(jobs)))
            jobs[job] = prompt
            if dice.random() < 0.3:
                client.cancel(job)
        # Not while it starts: three deaths there in a row mean that no worker can run, and fail all that waits.
        if dice.random() < 0.01 and killed < 5 and server.broker._dispatcher.worker in ("idle", "busy"):
            pid = server.broker._executor.pid  # type: ignore[attr-defined]
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
                killed += 1
        for client in clients:
            for message in client.poll():
                if isinstance(message, JobDone | JobFailed | JobCancelled | JobRefused):
                    ends.setdefault(message.job, []).append(message)
                elif isinstance(message, ArtifactReceived):
                    artifacts.setdefault(message.job, []).append(message.artifact.kind)
                elif isinstance(message, Problem):
                    problems.append(message)
        time.sleep(0.002)
    for client in clients:
        client.stop()
    assert set(ends) == set(jobs)
    assert [job for job, messages in ends.items() if len(messages) != 1] == []
    assert problems == []
    for job, (message,) in ends.items():
        kept = server.broker._jobs.get(job)
        assert kept is not None
        assert kept.state == STATES[type(message)]
        if isinstance(message, JobDone) and jobs[job].startswith("head"):
            assert artifacts[job] == ["geometry", "head"]
        if isinstance(message, JobFailed):
            assert message.error.code in (ErrorCode.JOB_FAILED, ErrorCode.WORKER_DIED)
    died = [m for (m,) in ends.values() if isinstance(m, JobFailed) and m.error.code is ErrorCode.WORKER_DIED]
    assert len(died) <= killed
    with server.client() as client:
        status = client.status().server
        assert (status.queued, status.running) == (0, 0)
    files = {path.name: path.stat().st_size for path in (server.folder / "store").rglob("*") if path.is_file()}
    assert sum(files.values()) == status.store_bytes
    assert set(files) == {hash_ for job in server.broker._jobs for hash_ in job.blobs}
