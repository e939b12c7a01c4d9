"""Servers with fake pipelines on loopback, ephemeral ports and state folders of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import zmq

from headsmith_server.broker import ServeConfig
from headsmith_server.broker.server import Broker
from headsmith_server.executors import WorkerConfig
from headsmith_shared.client import Client
from headsmith_shared.connection import ConnectionInfo, connection_file, find_local_server, read_connection
from headsmith_shared.protocol import Envelope, decode, encode, uuid7
from headsmith_shared.protocol.limits import MIB
from headsmith_shared.protocol.messages import SERVER_MESSAGES, Hello, Message

HERE = Path(__file__).parent
FAKE = WorkerConfig("fake_pipeline:run", "fake_pipeline:warm_up", (str(HERE),), cancel_grace_s=0.6)


@dataclass
class Server:
    """A broker on a thread of this process; its worker is a process as always."""

    broker: Broker
    folder: Path

    @property
    def connection(self) -> ConnectionInfo:
        return self.broker.connection

    def client(self, **options: Any) -> Client:
        return Client(self.connection, **options)

    @property
    def worker_pid(self) -> int:
        pid = self.broker._executor.pid  # type: ignore[attr-defined]
        assert pid is not None
        return pid


Serve = Callable[..., Server]


def running(folder: Path, config: ServeConfig) -> Iterator[Server]:
    broker = Broker(replace(config, state_dir=folder))
    thread = threading.Thread(target=broker.run)
    thread.start()
    try:
        yield Server(broker, folder)
    finally:
        broker.stop()
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One that all tests may share which leave it alive."""
    yield from running(tmp_path_factory.mktemp("state"), ServeConfig(worker=FAKE))


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Makes servers of a test's own; ends them afterwards."""
    started: list[Iterator[Server]] = []

    def make(name: str = "state", **options: Any) -> Server:
        folder = tmp_path / name
        started.append(running(folder, ServeConfig(**{"worker": FAKE, **options})))
        return next(started[-1])

    yield make
    for one in started:
        for _ in one:
            pass


class ServerProcess:
    """A server as a process of its own, to be killed."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.folder = folder
        worker = {"pipeline": FAKE.pipeline, "warm_up": FAKE.warm_up, "python_path": list(FAKE.python_path)}
        code = (
            "import json, sys; from pathlib import Path\n"
            "from headsmith_server.broker import ServeConfig, serve\n"
            "from headsmith_server.executors import WorkerConfig\n"
            "folder, worker, options = json.loads(sys.argv[1])\n"
            "worker['python_path'] = tuple(worker['python_path'])\n"
            "serve(ServeConfig(state_dir=Path(folder), worker=WorkerConfig(**worker), **options))\n"
        )
        self.command = [sys.executable, "-c", code, json.dumps([str(folder), worker, options])]
        self.process = subprocess.Popen(self.command, stderr=subprocess.PIPE)

    def connection(self, timeout: float = 10.0) -> ConnectionInfo:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if find_local_server(self.folder) is not None:
                return read_connection(connection_file(self.folder))
            assert self.process.poll() is None, self.process.stderr and self.process.stderr.read()
            time.sleep(0.01)
        raise AssertionError("not ready")

    def resident_mib(self) -> float:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / MIB

    def close(self) -> None:
        self.process.kill()
        self.process.wait(10)
        if self.process.stderr is not None:
            self.process.stderr.close()


@pytest.fixture
def server_process(tmp_path: Path) -> Iterator[Callable[..., ServerProcess]]:
    """Makes server processes; kills them afterwards."""
    started: list[ServerProcess] = []

    def make(name: str = "state", **options: Any) -> ServerProcess:
        started.append(ServerProcess(tmp_path / name, **options))
        return started[-1]

    yield make
    for one in started:
        one.close()


class RawPeer:
    """A DEALER that may say anything. keys: "right" as in the connection file."""

    def __init__(self, info: ConnectionInfo, address: str = "") -> None:
        self.context: zmq.Context[Any] = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.curve_serverkey = info.server_key.encode()
        self.socket.curve_publickey = info.client_public_key.encode()
        self.socket.curve_secretkey = info.client_secret_key.encode()
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.connect(address or info.control)

    def send(self, message: Message, body: bytes | None = None) -> None:
        self.socket.send_multipart(encode(message, body=body))

    def send_frames(self, *frames: bytes) -> None:
        self.socket.send_multipart(list(frames))

    def receive(self, timeout: float = 3.0) -> Envelope | None:
        if not self.socket.poll(int(1000 * timeout)):
            return None
        return decode(self.socket.recv_multipart(), SERVER_MESSAGES)

    def answer(self, message: Message) -> Message:
        self.send(message)
        envelope = self.receive()
        assert envelope is not None, f"no answer to {message.verb}"
        return envelope.message

    def hello(self, **jobs: int) -> Message:
        return self.answer(Hello("test", uuid7(), jobs=jobs))

    def close(self) -> None:
        self.context.destroy(linger=0)


@pytest.fixture
def raw() -> Iterator[Callable[..., RawPeer]]:
    """Makes raw peers; closes them afterwards."""
    made: list[RawPeer] = []

    def make(info: ConnectionInfo, address: str = "") -> RawPeer:
        made.append(RawPeer(info, address))
        return made[-1]

    yield make
    for one in made:
        one.close()


def gone(pid: int, timeout: float = 5.0) -> bool:
    """True when the process ends within the time (a zombie has ended)."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False
