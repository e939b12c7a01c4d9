"""Jobs over real sockets: what comes of them, how they end, and how fast they can be ended."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from headsmith_shared.client import (
    ArtifactListed,
    ArtifactReceived,
    InboxMessage,
    JobDone,
    JobNote,
    JobProgress,
    JobStarted,
    generate,
)
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol import encode_spec, new_job_id, spec_hash
from headsmith_shared.protocol.messages import Submit
from headsmith_shared.specs import GenerateSpec
from tests.server.broker.conftest import FAKE, Serve, Server, gone
from tests.server.broker.fake_pipeline import blob


def failure(server: Server, prompt: str) -> HeadsmithError:
    with pytest.raises(HeadsmithError) as caught:
        generate(GenerateSpec(prompt), server.connection)
    return caught.value


def test_a_head_comes_with_its_events_in_order(server: Server) -> None:
    told: list[InboxMessage] = []
    result = generate(
        GenerateSpec("head", seed=7), server.connection, on_event=told.append, fetch=("geometry", "map", "head")
    )
    assert result.head() == blob("head", 7, 3_000_000)
    assert [artifact.kind for artifact in result.artifacts] == ["geometry", "map", "head"]
    assert [result.data[artifact.hash] for artifact in result.artifacts][:2] == [
        blob("geometry", 7, 100_000),
        blob("map", 7, 50_000),
    ]
    assert result.artifacts[1].meta == {"channel": "albedo"}
    assert [(note.kind, note.text) for note in result.notes] == [("not_understood", "florble")]
    assert result.seconds > 0
    assert list(result.stages) == ["geometry", "skin"]
    durable = [type(message) for message in told if not isinstance(message, JobProgress)]
    pair = [ArtifactListed, ArtifactReceived]
    assert durable == [JobStarted, JobNote, *pair, *pair, *pair, JobDone]
    numbers = [message.seq for message in told if hasattr(message, "seq")]
    assert numbers == sorted(set(numbers))
    progress = [message.fraction for message in told if isinstance(message, JobProgress)]
    assert progress == sorted(progress)


def test_geometry_arrives_while_the_job_runs(server: Server) -> None:
    with server.client(fetch=("geometry",)) as client:
        job = client.submit(GenerateSpec("slow 30"))
        received: list[float] = []

        def hear(message: InboxMessage) -> None:
            if isinstance(message, ArtifactReceived):
                received.append(time.monotonic())
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            client.wait(job, hear)
        assert received
        assert client.cancel(job) == "running"


def test_progress_tells_the_remaining_time(server: Server) -> None:
    told: list[JobProgress] = []

    def hear(message: InboxMessage) -> None:
        if isinstance(message, JobProgress):
            told.append(message)

    generate(GenerateSpec("slow 1.2"), server.connection, on_event=hear)
    estimates = [message.remaining for message in told if message.fraction > 0.6]
    assert estimates
    assert all(remaining is not None and 0 <= remaining < 1.2 for remaining in estimates)
    assert {message.stage for message in told} == {"skin"}


@pytest.mark.parametrize(
    ("prompt", "code", "words"),
    [
        ("fail", ErrorCode.MISSING_CHECKPOINT, "pocket.safetensors is missing"),
        ("crash", ErrorCode.JOB_FAILED, "crashing: ZeroDivisionError: a line and another"),
        ("hungry", ErrorCode.OUT_OF_MEMORY, "eating: memory is exhausted"),
        ("full", ErrorCode.DISK_FULL, "no room left"),
        ("nonsense", ErrorCode.JOB_FAILED, "KeyError"),
    ],
)
def test_failures_reach_the_client_by_name(server: Server, prompt: str, code: ErrorCode, words: str) -> None:
    error = failure(server, prompt)
    assert error.code is code
    assert words in error.message
    assert "\n" not in str(error)
    assert error.remedy
    if code is ErrorCode.DISK_FULL:
        assert not list((server.folder / "store").rglob("*.part"))
    assert generate(GenerateSpec("head 1000"), server.connection).head() == blob("head", 0, 1000)


def test_a_worker_that_dies_fails_its_job_and_is_replaced(server: Server) -> None:
    before = server.worker_pid
    error = failure(server, "die")
    assert error.code is ErrorCode.WORKER_DIED
    assert error.code.exit_code == 4
    assert generate(GenerateSpec("head 1000"), server.connection).head() == blob("head", 0, 1000)
    assert server.worker_pid != before


def cancelled_after(server: Server, prompt: str, starts: bool = True) -> float:
    """Seconds from the request to the event."""
    with server.client() as client:
        job = client.submit(GenerateSpec(prompt))
        asked: list[float] = []

        def hear(message: InboxMessage) -> None:
            if isinstance(message, JobProgress) and not asked:
                asked.append(time.monotonic())
                client.cancel(job)

        with pytest.raises(HeadsmithError) as caught:
            client.wait(job, hear)
        assert caught.value.code is ErrorCode.CANCELLED
        assert caught.value.code.exit_code == 130
        return time.monotonic() - asked[0]


def test_a_running_job_is_cancelled_within_250_ms(server: Server) -> None:
    assert max(cancelled_after(server, "slow") for _ in range(5)) < 0.25


def test_a_deaf_job_is_killed_after_the_grace(server: Server) -> None:
    before = server.worker_pid
    assert 0.5 < cancelled_after(server, "deaf") < 2.0
    assert gone(before)
    assert generate(GenerateSpec("head 1000"), server.connection).head()


def test_a_queued_job_is_cancelled_at_once_and_the_running_one_goes_on(server: Server) -> None:
    with server.client() as client:
        first = client.submit(GenerateSpec("slow 1"))
        second = client.submit(GenerateSpec("slow 1"))
        client.cancel(second)
        with pytest.raises(HeadsmithError, match="cancelled"):
            client.wait(second)
        assert client.wait(first).job == first
        assert client.cancel(first) == "done"


def test_ctrl_c_in_generate_cancels_on_the_server(server: Server) -> None:
    def interrupt(message: InboxMessage) -> None:
        if isinstance(message, JobProgress):
            raise KeyboardInterrupt

    job = new_job_id()
    with pytest.raises(KeyboardInterrupt):
        generate(GenerateSpec("slow"), server.connection, on_event=interrupt, job=job)
    with server.client() as client:
        client.follow(job)
        with pytest.raises(HeadsmithError) as caught:
            client.wait(job)
    assert caught.value.code is ErrorCode.CANCELLED


def test_more_events_than_the_window_and_a_library_that_prints(server: Server) -> None:
    result = generate(GenerateSpec("chatty 700"), server.connection, fetch=())
    assert [note.text for note in result.notes] == [f"note {number}" for number in range(700)]


def test_priority_goes_first_and_a_late_job_is_not_run(server: Server, raw: Any) -> None:
    with server.client() as client:
        client.submit(GenerateSpec("slow 0.4"))
        low, high, late = (new_job_id() for _ in range(3))
        peer = raw(server.connection)
        for job, priority, deadline in ((low, 0, None), (late, 50, time.time() - 1), (high, 9, None)):
            plain = encode_spec(GenerateSpec("head 1000"))
            peer.answer(Submit(job, plain, spec_hash(plain), priority, deadline))
        for job in (low, high):
            client.follow(job)
        ended: list[str] = []
        for job in (high, low):
            client.wait(job, lambda message: ended.append(message.job) if isinstance(message, JobStarted) else None)
        states = {state.job: state for state in client.list()}
        client.follow(late)
        with pytest.raises(HeadsmithError, match="deadline"):
            client.wait(late)
    started = {job: server.broker._jobs.get(job).started for job in (low, high)}  # type: ignore[union-attr]
    assert started[high] < started[low]
    assert states[late].state == "failed"


def test_many_clients_at_once(server: Server) -> None:
    results: list[bytes] = []

    def one(seed: int) -> None:
        results.append(generate(GenerateSpec("head 200000", seed), server.connection).head())

    threads = [threading.Thread(target=one, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(results) == sorted(blob("head", seed, 200_000) for seed in range(6))


@pytest.mark.parametrize(
    ("warm_up", "code", "words"),
    [
        ("fake_pipeline:broken_warm_up", ErrorCode.MISSING_CHECKPOINT, "pocket.safetensors is missing"),
        ("no_such_module:warm_up", ErrorCode.MISSING_DEPENDENCY, "no_such_module"),
        ("fake_pipeline:deadly_warm_up", ErrorCode.WORKER_DIED, "dies while it starts"),
    ],
)
def test_a_worker_that_cannot_start_fails_the_jobs_that_wait(
    serve: Serve, warm_up: str, code: ErrorCode, words: str
) -> None:
    server = serve(worker=replace(FAKE, warm_up=warm_up))
    error = failure(server, "head")
    assert error.code is code
    assert words in error.message


def test_status_and_list(server: Server) -> None:
    with server.client() as client:
        job = client.submit(GenerateSpec("slow 60"))
        time.sleep(0.2)
        status = client.status()
        listed = client.list()
        client.cancel(job)
    assert status.server.running == 1
    assert status.server.worker == "busy"
    assert status.server.device == "cpu"
    assert listed[0].job == job
    assert listed[0].label == "slow 60"
    assert len({state.job for state in listed}) == len(listed)
