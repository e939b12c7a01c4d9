"""The threaded client: never in its caller's way, in order, and honest about where it stands."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from headsmith_shared.client import (
    ArtifactReceived,
    Inbox,
    InboxMessage,
    JobAccepted,
    JobCancelled,
    JobDone,
    JobNote,
    JobProgress,
    LinkChanged,
    LinkState,
    Problem,
    ServerStatus,
    ThreadedClient,
    new_job_id,
)
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol.messages import ArtifactInfo
from headsmith_shared.specs import GenerateSpec
from tests.server.broker.conftest import Server, serve, server  # noqa: F401
from tests.server.broker.fake_pipeline import blob

Make = Callable[..., ThreadedClient]


@pytest.fixture
def connected(server: Server) -> Iterator[Make]:  # noqa: F811
    """Makes clients of the shared server; stops them afterwards."""
    made: list[ThreadedClient] = []

    def make(**options: object) -> ThreadedClient:
        made.append(ThreadedClient(server.connection, **options))  # type: ignore[arg-type]
        made[-1].start()
        return made[-1]

    yield make
    for client in made:
        client.stop()


def collect(client: ThreadedClient, until: type[InboxMessage], timeout: float = 10.0) -> list[InboxMessage]:
    found: list[InboxMessage] = []
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        message = client.inbox.wait(0.2)
        if message is not None:
            found.append(message)
            if isinstance(message, until):
                return found
    raise AssertionError(found)


def test_a_job_arrives_in_order_with_its_artifacts(connected: Make) -> None:
    client = connected()
    job = client.submit(GenerateSpec("head", seed=4))
    messages = collect(client, JobDone)
    kinds = [type(message) for message in messages]
    assert kinds[:2] == [LinkChanged, LinkChanged]
    assert kinds.index(JobAccepted) < kinds.index(ArtifactReceived) < kinds.index(JobDone)
    received = {m.artifact.kind: m.data for m in messages if isinstance(m, ArtifactReceived)}
    assert received == {"geometry": blob("geometry", 4, 100_000), "head": blob("head", 4, 3_000_000)}
    assert {getattr(message, "job", job) for message in messages} == {job}


def test_an_artifact_can_be_fetched_on_request(connected: Make) -> None:
    client = connected(fetch=())
    client.submit(GenerateSpec("head 5000", seed=5))
    messages = collect(client, JobDone)
    artifact = next(m.artifact for m in messages if getattr(getattr(m, "artifact", None), "kind", "") == "map")
    client.fetch("mine", artifact)
    received = collect(client, ArtifactReceived)[-1]
    assert isinstance(received, ArtifactReceived)
    assert (received.job, received.data) == ("mine", blob("map", 5, 50_000))
    client.fetch("mine", ArtifactInfo("map", "x", "", "cd" * 32, 1))
    problem = collect(client, Problem)[-1]
    assert isinstance(problem, Problem)
    assert (problem.job, problem.error.code) == ("mine", ErrorCode.NOT_FOUND)


def test_calls_return_at_once(connected: Make) -> None:
    client = connected()
    started = time.monotonic()
    job = client.submit(GenerateSpec("slow"))
    client.ask_status()
    client.cancel(job)
    client.follow(job)
    client.poll()
    assert time.monotonic() - started < 0.05
    collect(client, JobCancelled)
    client.ask_status()
    found = collect(client, ServerStatus)[-1]
    assert isinstance(found, ServerStatus)
    assert found.jobs[0].job == job


def test_a_bad_spec_is_refused_at_once(connected: Make) -> None:
    with pytest.raises(HeadsmithError) as caught:
        connected().submit(GenerateSpec(" "))
    assert caught.value.code is ErrorCode.BAD_INPUT


def test_a_forgotten_job_says_nothing_more(connected: Make) -> None:
    client = connected()
    job = client.submit(GenerateSpec("slow 0.5"))
    collect(client, JobProgress)
    client.forget(job)
    time.sleep(0.1)
    client.poll(1000)
    time.sleep(0.7)
    assert client.poll() == []


def test_jobs_from_many_threads(connected: Make) -> None:
    client = connected(fetch=("head",))
    jobs: list[str] = []
    threads = [threading.Thread(target=lambda: jobs.append(client.submit(GenerateSpec("head 1000")))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done: set[str] = set()
    while len(done) < 8:
        message = collect(client, JobDone)[-1]
        assert isinstance(message, JobDone)
        done.add(message.job)
    assert done == set(jobs)


def test_without_a_server_it_says_so_once_and_keeps_what_was_asked(
    tmp_path: Path,
    serve: Callable[..., Server],  # noqa: F811
) -> None:
    client = ThreadedClient(directory=tmp_path / "state")
    client.start()
    kept, dropped = client.submit(GenerateSpec("head 1000")), client.submit(GenerateSpec("head 2000"))
    client.cancel(dropped)
    time.sleep(0.8)
    messages = client.poll()
    assert [type(message) for message in messages] == [LinkChanged, JobCancelled]
    assert client.state is LinkState.OFFLINE
    client.cancel(new_job_id())
    assert isinstance(client.inbox.wait(1), Problem)
    serve()
    done = collect(client, JobDone)[-1]
    assert isinstance(done, JobDone)
    assert done.job == kept
    client.stop()


def test_commands_wait_for_the_answer_to_hello_without_a_busy_loop(server: Server) -> None:  # noqa: F811
    with socket.create_server(("127.0.0.1", 0)) as mute:
        info = replace(server.connection, control=f"tcp://127.0.0.1:{mute.getsockname()[1]}")
        client = ThreadedClient(info)
        client.start()
        client.submit(GenerateSpec("head"))
        time.sleep(0.1)
        before = time.process_time()
        time.sleep(0.5)
        assert time.process_time() - before < 0.25
        client.stop()


def test_stop_is_quick_and_may_come_twice_or_early(tmp_path: Path, connected: Make) -> None:
    never_started = ThreadedClient(directory=tmp_path)
    never_started.stop()
    client = connected()
    collect(client, LinkChanged)
    started = time.monotonic()
    client.stop()
    client.stop()
    assert time.monotonic() - started < 1.0
    client.submit(GenerateSpec("head"))  # goes nowhere, hurts nobody
    assert "headsmith-client" not in [thread.name for thread in threading.enumerate() if thread is client._thread]


def test_the_inbox_keeps_order_and_only_the_newest_progress() -> None:
    inbox = Inbox()
    for fraction in (0.1, 0.2, 0.3):
        inbox.put(JobProgress("a", "skin", fraction))
        inbox.put(JobProgress("b", "skin", fraction))
    inbox.put(JobNote("a", 1, "warning", "x"))
    inbox.put(JobProgress("a", "skin", 0.4))
    assert len(inbox) == 3
    assert inbox.poll() == [
        JobProgress("a", "skin", 0.4),
        JobProgress("b", "skin", 0.3),
        JobNote("a", 1, "warning", "x"),
    ]
    inbox.put(JobProgress("a", "skin", 0.5))
    assert inbox.poll() == [JobProgress("a", "skin", 0.5)]
    for number in range(5):
        inbox.put(JobNote("a", number, "warning", "x"))
    assert len(inbox.poll(2)) == 2
    assert len(inbox) == 3
    assert Inbox().wait(0.01) is None
