"""Starting a server from its recorded command: found, waited for, and never left half started."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from headsmith_shared.client import LinkChanged, LinkState, ThreadedClient, status
from headsmith_shared.connection import ConnectionInfo, find_local_server, process_alive, record_server_command
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.local_server import start_local_server, stop_local_server

FAKES = Path(__file__).parents[2] / "server" / "broker"


def waiters() -> int:
    return sum(thread.name == "headsmith-server-waiter" for thread in threading.enumerate())


def wait_until(true: Callable[[], bool], timeout: float = 5.0) -> None:
    deadline = time.monotonic() + timeout
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def no_waiter_left() -> Iterator[None]:
    yield
    wait_until(lambda: waiters() == 0)


def server_command(delay: float = 0.0) -> list[str]:
    """Serves the state folder of the environment with the fake pipelines."""
    code = (
        "import sys, time\n"
        "from headsmith_server.broker import ServeConfig, serve\n"
        "from headsmith_server.executors import WorkerConfig\n"
        "from headsmith_shared.errors import HeadsmithError\n"
        f"time.sleep({delay})\n"
        f"worker = WorkerConfig('fake_pipeline:run', 'fake_pipeline:warm_up', ({str(FAKES)!r},))\n"
        "try: serve(ServeConfig(worker=worker, idle_exit=20))\n"
        "except HeadsmithError as error: print(error); sys.exit(error.code.exit_code)\n"
    )
    return [sys.executable, "-c", code]


def test_start_find_and_stop(tmp_path: Path) -> None:
    assert stop_local_server(tmp_path) is False
    info = start_local_server(server_command(), 10, tmp_path)
    assert find_local_server(tmp_path) == info
    assert start_local_server(["/no/such/program"], 10, tmp_path) == info  # one runs already
    assert status(info).server.version == info.version
    assert stop_local_server(tmp_path) is True
    assert find_local_server(tmp_path) is None
    assert not process_alive(info.pid)  # reaped: not even a zombie
    assert waiters() == 0


def test_two_callers_at_once_get_the_same_server(tmp_path: Path) -> None:
    found: list[ConnectionInfo] = []
    threads = [
        threading.Thread(target=lambda: found.append(start_local_server(server_command(0.2), 15, tmp_path)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    wait_until(lambda: waiters() == 1)  # the one that came too late has given up
    stop_local_server(tmp_path)
    assert len(found) == 2
    assert found[0] == found[1]


def failure(tmp_path: Path, command: list[str] | None, timeout: float = 5.0) -> HeadsmithError:
    with pytest.raises(HeadsmithError) as caught:
        start_local_server(command, timeout, tmp_path)
    assert caught.value.code.exit_code == 3
    assert caught.value.remedy
    return caught.value


def test_no_command_a_wrong_one_and_one_that_ends_are_named(tmp_path: Path) -> None:
    assert "no command" in failure(tmp_path, None).message
    assert "/no/such/program" in failure(tmp_path, ["/no/such/program"]).message
    error = failure(tmp_path, [sys.executable, "-c", "print('first'); raise SystemExit('the disk is on fire')"])
    assert "the disk is on fire" in error.message
    assert str(tmp_path / "launch.log") in error.remedy


def test_the_exit_code_of_a_taken_port_is_not_waited_out(tmp_path: Path) -> None:
    started = time.monotonic()
    script = "import sys; print('port 5555 is in use'); sys.exit(3)"
    assert "port 5555 is in use" in failure(tmp_path, [sys.executable, "-c", script], 30).message
    assert time.monotonic() - started < 10
    assert "port 5555 is in use" in failure(tmp_path, [sys.executable, "-c", script], 1.5).message


def test_a_silent_end_on_a_full_disk_is_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=4096))
    with pytest.raises(HeadsmithError) as caught:
        start_local_server([sys.executable, "-c", "raise SystemExit(1)"], 5, tmp_path)
    assert caught.value.code is ErrorCode.DISK_FULL
    assert str(tmp_path) in caught.value.message


def test_a_server_that_is_never_ready_is_ended(tmp_path: Path) -> None:
    script = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    assert "not ready" in failure(tmp_path, [sys.executable, "-c", script], 0.6).message
    pid = int((tmp_path / "launch.log").read_text())
    assert not process_alive(pid)


def test_the_threaded_client_starts_and_stops_the_recorded_server(tmp_path: Path) -> None:
    record_server_command(server_command(), tmp_path)
    client = ThreadedClient(directory=tmp_path)
    client.start()
    states: list[LinkState] = []

    def wait_for(state: LinkState) -> LinkChanged:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            message = client.inbox.wait(0.2)
            if isinstance(message, LinkChanged):
                states.append(message.state)
                if message.state is state:
                    return message
        raise AssertionError(states)

    first = wait_for(LinkState.OFFLINE)
    assert first.error is not None
    assert first.error.code is ErrorCode.NO_SERVER
    started = time.monotonic()
    client.start_server()
    assert time.monotonic() - started < 0.05
    wait_for(LinkState.STARTING)
    wait_for(LinkState.CONNECTED)
    client.start_server()  # one runs and is connected: nothing changes, and the link does not stay at STARTING
    time.sleep(0.5)
    assert not [message for message in client.poll() if isinstance(message, LinkChanged)]
    client.stop_server()
    wait_for(LinkState.STOPPING)
    assert wait_for(LinkState.OFFLINE).error is None  # it was asked for
    assert find_local_server(tmp_path) is None
    client.stop()
    assert states[:3] == [LinkState.OFFLINE, LinkState.STARTING, LinkState.CONNECTING]


def test_the_threaded_client_says_why_no_server_starts(tmp_path: Path) -> None:
    client = ThreadedClient(directory=tmp_path)
    client.start()
    client.start_server([sys.executable, "-c", "raise SystemExit('no checkpoint')"])
    deadline = time.monotonic() + 10
    errors: list[str] = []
    while not any("no checkpoint" in error for error in errors) and time.monotonic() < deadline:
        message = client.inbox.wait(0.2)
        if isinstance(message, LinkChanged) and message.error is not None:
            errors.append(message.error.message)
    client.stop()
    assert any("no checkpoint" in error for error in errors)


def test_a_server_may_start_right_after_another_was_stopped(tmp_path: Path) -> None:
    for _ in range(3):
        info = start_local_server(server_command(0.2), 10, tmp_path)
        assert process_alive(info.pid)
        assert stop_local_server(tmp_path)
