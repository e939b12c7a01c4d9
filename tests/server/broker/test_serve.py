"""The server as a process: how it starts, what it refuses, what its end leaves behind."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from headsmith_server.broker import ServeConfig
from headsmith_server.broker.server import Broker
from headsmith_shared.client import (
    Client,
    InboxMessage,
    JobFailed,
    JobProgress,
    JobRefused,
    LinkChanged,
    LinkState,
    ThreadedClient,
    generate,
)
from headsmith_shared.connection import ConnectionInfo, connection_file, find_local_server
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol.limits import MIB
from headsmith_shared.protocol.messages import Credit, Get
from headsmith_shared.specs import GenerateSpec
from tests.server.broker.conftest import FAKE, RawPeer, Serve, ServerProcess, gone
from tests.server.broker.fake_pipeline import blob

Processes = Callable[..., ServerProcess]


def child_of(pid: int) -> int:
    """The one child process (the worker)."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        threads = Path(f"/proc/{pid}/task").iterdir()
        children = [child for thread in threads for child in (thread / "children").read_text().split()]
        if children:
            return int(children[0])
        time.sleep(0.02)
    raise AssertionError("no worker")


def refusal(**options: object) -> HeadsmithError:
    with pytest.raises(HeadsmithError) as caught:
        Broker(ServeConfig(worker=FAKE, **options))  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    assert caught.value.remedy
    return caught.value


def test_it_is_ready_within_a_second_and_its_files_are_private(server_process: Processes) -> None:
    started = time.monotonic()
    server = server_process()
    server.connection()
    assert time.monotonic() - started < 1.5  # a second, and the interpreter on a shared machine
    for name in ("connection.json", "keys.json", "server.log", "server.lock"):
        assert stat.S_IMODE((server.folder / name).stat().st_mode) == 0o600, name
    assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.folder / "store").stat().st_mode) == 0o700


def test_sigterm_tells_the_clients_and_leaves_nothing(server_process: Processes) -> None:
    server = server_process()
    info = server.connection()
    worker = child_of(server.process.pid)

    def end(message: InboxMessage) -> None:
        if isinstance(message, JobProgress):
            server.process.terminate()

    with pytest.raises(HeadsmithError) as caught:
        generate(GenerateSpec("slow"), info, on_event=end)
    assert caught.value.code is ErrorCode.NO_SERVER
    assert "the server was stopped" in caught.value.message
    assert server.process.wait(5) == 0
    assert gone(worker)
    assert sorted(path.name for path in server.folder.iterdir()) == ["keys.json", "server.lock", "server.log"]
    log = (server.folder / "server.log").read_text()
    assert "listening" in log
    assert "started job=" in log


def test_kill_9_of_the_server_is_a_clear_error_and_leaves_no_orphan(server_process: Processes) -> None:
    server = server_process()
    info = server.connection()
    worker = child_of(server.process.pid)
    killed: list[float] = []

    def kill(message: InboxMessage) -> None:
        if isinstance(message, JobProgress) and not killed:
            killed.append(time.monotonic())
            server.process.kill()
            server.process.wait()

    with pytest.raises(HeadsmithError) as caught:
        generate(GenerateSpec("slow"), info, on_event=kill)
    assert time.monotonic() - killed[0] < 2.0
    assert caught.value.code is ErrorCode.NO_SERVER
    assert "the server closed the connection" in caught.value.message
    assert gone(worker)
    assert connection_file(server.folder).exists()
    assert find_local_server(server.folder) is None  # the stale file is not believed
    with pytest.raises(HeadsmithError) as caught:
        generate(GenerateSpec("head"), info)
    assert caught.value.code is ErrorCode.NO_SERVER
    again = server_process()
    again.connection()
    assert generate(GenerateSpec("head 1000"), again.connection()).head() == blob("head", 0, 1000)


def test_a_server_that_hangs_is_given_up_after_the_heartbeat_time(server_process: Processes) -> None:
    server = server_process()
    with Client(server.connection()) as client:
        job = client.submit(GenerateSpec("slow"))
        link = client._link
        assert link.welcome is not None
        link.welcome = replace(link.welcome, limits=replace(link.welcome.limits, ping_after_s=0.1, dead_after_s=0.6))
        server.process.send_signal(signal.SIGSTOP)
        started = time.monotonic()
        with pytest.raises(HeadsmithError, match="does not answer any more") as caught:
            client.wait(job)
        assert 0.5 < time.monotonic() - started < 3.0
        assert caught.value.code is ErrorCode.NO_SERVER
        server.process.kill()


def test_a_killed_worker_fails_its_job_and_the_server_goes_on(server_process: Processes) -> None:
    server = server_process()
    info = server.connection()
    worker = child_of(server.process.pid)
    with pytest.raises(HeadsmithError) as caught:
        generate(
            GenerateSpec("slow"),
            info,
            on_event=lambda message: isinstance(message, JobProgress) and os.kill(worker, signal.SIGKILL),
        )
    assert caught.value.code is ErrorCode.WORKER_DIED
    assert generate(GenerateSpec("head 1000"), info).head()


def test_a_client_finds_a_restarted_server_and_hears_that_its_job_is_lost(server_process: Processes) -> None:
    server = server_process()
    server.connection()
    client = ThreadedClient(directory=server.folder)
    client.start()
    job = client.submit(GenerateSpec("slow"))
    seen: list[InboxMessage] = []

    def wait_for(kind: type[InboxMessage]) -> InboxMessage:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            message = client.inbox.wait(0.2)
            if message is not None:
                seen.append(message)
                if isinstance(message, kind):
                    return message
        raise AssertionError(seen)

    wait_for(JobProgress)
    first_epoch = next(m.epoch for m in seen if isinstance(m, LinkChanged) and m.state is LinkState.CONNECTED)
    server.process.kill()
    server.process.wait()
    offline = wait_for(LinkChanged)
    assert isinstance(offline, LinkChanged)
    assert offline.state is LinkState.OFFLINE
    assert offline.error is not None
    server_process().connection()
    refused = wait_for(JobRefused)
    assert isinstance(refused, JobRefused)
    assert (refused.job, refused.error.code) == (job, ErrorCode.NOT_FOUND)
    wait_for(LinkChanged)
    assert client.state is LinkState.CONNECTED
    epochs = [m.epoch for m in seen if isinstance(m, LinkChanged) and m.state is LinkState.CONNECTED]
    assert epochs[-1] != first_epoch
    client.stop()
    assert not [message for message in seen if isinstance(message, JobFailed)]


def test_a_second_server_for_the_same_folder_is_refused(serve: Serve) -> None:
    server = serve()
    error = refusal(state_dir=server.folder)
    assert error.code is ErrorCode.BUSY
    assert error.code.exit_code == 3
    assert str(server.folder) in error.message
    assert generate(GenerateSpec("head 1000"), server.connection).head()


@pytest.mark.parametrize("taken", [0, 1])
def test_an_occupied_port_is_refused(tmp_path: Path, taken: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1] - taken  # the control port, or the data port after it
        error = refusal(state_dir=tmp_path / "state", port=port)
    assert error.code is ErrorCode.BUSY
    assert str(port + taken) in error.message
    assert not connection_file(tmp_path / "state").exists()
    assert not (tmp_path / "state" / "store").exists()


@pytest.mark.parametrize(
    "options",
    [
        {"host": "0.0.0.0"},
        {"host": "192.168.1.5"},
        {"host": "::"},
        {"host": "example.org"},
        {"port": 70_000},
        {"port": -1},
        {"idle_exit": 0.0},
        {"log_level": "loud"},
    ],
)
def test_options_that_cannot_be_served_are_refused(tmp_path: Path, options: dict[str, object]) -> None:
    error = refusal(state_dir=tmp_path / "state", **options)
    assert error.code is ErrorCode.BAD_USAGE
    assert error.code.exit_code == 2
    assert not (tmp_path / "state").exists()


def test_a_chosen_port_is_used(serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = serve(port=port)
    assert server.connection.control == f"tcp://127.0.0.1:{port}"
    assert server.connection.data == f"tcp://127.0.0.1:{port + 1}"
    with server.client() as client:
        client.status()


def test_ipv6_loopback_works(serve: Serve) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 here")
    assert generate(GenerateSpec("head 1000"), serve(host="::1").connection).head()


def test_an_idle_server_ends_by_itself_but_not_while_a_client_is_there(server_process: Processes) -> None:
    server = server_process(idle_exit=0.5)
    info = server.connection()
    generate(GenerateSpec("slow 0.8"), info)
    assert server.process.wait(4) == 0
    assert not connection_file(server.folder).exists()


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("mounting a small file system needs root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=False)


def test_a_full_disk_fails_the_job_and_the_server_goes_on(tiny_disk: Path, server_process: Processes) -> None:
    server = server_process("tiny/state")
    info = server.connection()
    with pytest.raises(HeadsmithError) as caught:
        generate(GenerateSpec("head 1000000"), info)
    assert caught.value.code is ErrorCode.DISK_FULL
    assert caught.value.remedy
    assert not list((server.folder / "store").rglob("*.part"))
    assert server.process.poll() is None


def test_a_full_disk_at_the_start_is_refused(tiny_disk: Path) -> None:
    with contextlib.suppress(OSError):
        (tiny_disk / "filler").write_bytes(bytes(MIB))
    error = refusal(state_dir=tiny_disk / "state")
    assert error.code is ErrorCode.DISK_FULL


def test_a_slow_client_costs_the_server_no_memory(server_process: Processes) -> None:
    server = server_process()
    info = server.connection()
    artifact = generate(GenerateSpec(f"head {100 * MIB}"), info, fetch=()).artifacts[-1]

    before = server.resident_mib()
    peers = [RawPeer(info, info.data) for _ in range(3)]
    for peer in peers:  # they grant all they may and read nothing
        peer.send(Credit(8 * MIB))
        peer.send(Get(artifact.hash))
    grown = 0.0
    for _ in range(10):
        time.sleep(0.1)
        grown = max(grown, server.resident_mib() - before)
    for peer in peers:
        peer.close()
    assert grown < 3 * 10, f"{grown:.0f} MiB for 3 clients with 8 MiB of credit each"


def test_signals_are_left_alone_off_the_main_thread(tmp_path: Path) -> None:
    from headsmith_server.broker import serve

    ready: list[ConnectionInfo] = []
    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(
        target=serve, args=(ServeConfig(state_dir=tmp_path / "state", worker=FAKE, idle_exit=0.3), ready.append)
    )
    thread.start()
    thread.join(8)
    assert not thread.is_alive()
    assert ready[0].pid == os.getpid()
    assert signal.getsignal(signal.SIGTERM) is before


def test_the_broker_imports_no_torch_and_no_image_decoder() -> None:
    code = (
        "import sys, headsmith_server.broker.server, headsmith_shared.client\n"
        "heavy = {'torch', 'cv2', 'PIL', 'bpy', 'diffusers', 'transformers', 'pickle'} & set(sys.modules)\n"
        "print(sorted(heavy - {'pickle'}))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_no_pickle_in_broker_executors_client_and_protocol() -> None:
    import headsmith_server
    import headsmith_shared

    rooms = [
        Path(headsmith_server.__path__[0]) / "broker",
        Path(headsmith_server.__path__[0]) / "executors",
        Path(headsmith_shared.__path__[0]),
    ]
    for room in rooms:
        for path in room.rglob("*.py"):
            text = path.read_text()
            for word in ("import pickle", "recv_pyobj", "send_pyobj", "torch.load", "allow_pickle=True"):
                assert word not in text, path
