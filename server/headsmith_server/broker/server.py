"""The broker: one loop over the control and data sockets, the key gate and what the executor reports."""

from __future__ import annotations

import functools
import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import zmq

from headsmith_server.broker.authentication import KeyGate
from headsmith_server.broker.config import ServeConfig
from headsmith_server.broker.desk import Desk
from headsmith_server.broker.dispatch import Dispatcher
from headsmith_server.broker.jobs import JobTable, MemoryEventLog
from headsmith_server.broker.lock import StateLock
from headsmith_server.broker.logs import close_log, open_log
from headsmith_server.broker.mailbox import Mailbox
from headsmith_server.broker.sessions import PeerGone, Sessions, Unsent
from headsmith_server.broker.sockets import bind_router
from headsmith_server.broker.transfers import Transfers
from headsmith_server.broker.wire import read_message
from headsmith_server.executors.local import LocalExecutor
from headsmith_server.executors.logline import line
from headsmith_server.executors.protocol import Executor
from headsmith_server.executors.store import ContentStore
from headsmith_shared import __version__
from headsmith_shared.atomic import write_error
from headsmith_shared.connection import (
    ConnectionInfo,
    connection_file,
    load_keys,
    make_private_folder,
    state_dir,
    write_connection,
)
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol.codec import Body, Envelope, encode, message_id
from headsmith_shared.protocol.ids import uuid7
from headsmith_shared.protocol.messages import Bye, Credit, Error, Get, Message, NotFound, Rejected

_TICK_S: Final = 0.2
_RETRY_S: Final = 0.02
_BATCH: Final = 64
_FORGET_PEERS_S: Final = 600.0
_LINGER_MS: Final = 500
_STRIKES: Final = {ErrorCode.BAD_MESSAGE.value, ErrorCode.TOO_LARGE.value}  # what honest clients never send
_log = logging.getLogger("headsmith.broker")


class Broker:
    """A server for one state folder. run() serves until stop() is called or it has been idle long enough.

    executor: made from the config when None. HeadsmithError from the constructor when it cannot serve; nothing is
    left behind then.
    """

    def __init__(self, config: ServeConfig, executor: Executor | None = None) -> None:
        config.check()
        self._config = config
        self._folder = config.state_dir or state_dir()
        make_private_folder(self._folder)
        self._cleanup: list[Callable[[], object]] = []
        self._stopping = False
        try:
            self._open(executor)
        except BaseException:
            self._close()
            raise

    def stop(self) -> None:
        """Ends run() soon; may be called from a signal handler or another thread."""
        self._stopping = True

    def _open(self, executor: Executor | None) -> None:
        config, folder = self._config, self._folder
        lock = StateLock(folder)
        self._cleanup.append(lock.close)
        try:
            log = open_log(folder / "server.log", config.log_level)
        except OSError as error:
            raise write_error(folder / "server.log", error) from None
        self._cleanup.append(lambda: close_log(log))
        keys = load_keys(folder)
        store_folder = folder / "store"
        ContentStore(store_folder).clear()  # of a server that could not tidy up
        self._store = ContentStore(store_folder)
        self._cleanup.append(self._store.clear)

        self._context: zmq.Context[Any] = zmq.Context()
        self._cleanup.append(lambda: self._context.destroy(linger=_LINGER_MS))
        self._gate = KeyGate(self._context, [keys["client"][0]])
        secrets = (keys["server"][1], keys["server"][0])
        self._control, control_port = bind_router(self._context, config.host, config.port, *secrets)
        data_port = config.port + 1 if config.port else 0
        self._data, data_port = bind_router(self._context, config.host, data_port, *secrets)
        self._mailbox = Mailbox(self._context)

        self.epoch = uuid7()
        host = f"[{config.host}]" if ":" in config.host else config.host
        self.connection = ConnectionInfo(
            control=f"tcp://{host}:{control_port}",
            data=f"tcp://{host}:{data_port}",
            server_key=keys["server"][0],
            client_public_key=keys["client"][0],
            client_secret_key=keys["client"][1],
            epoch=self.epoch,
            pid=os.getpid(),
            version=__version__,
        )
        self._executor = executor or LocalExecutor(config.worker, config.device, store_folder)
        jobs = JobTable(MemoryEventLog(), config.kept_jobs)
        self._sessions = Sessions(jobs, self._send_control)
        self._transfers = Transfers(self._store, self._send_data)
        self._dispatcher = Dispatcher(jobs, self._sessions, self._executor, self._store)
        self._desk = Desk(
            jobs,
            self._sessions,
            self._dispatcher,
            self.epoch,
            data_port,
            config.max_jobs_per_owner,
        )
        self._jobs = jobs
        path = connection_file(folder)
        write_connection(path, self.connection)
        self._cleanup.append(lambda: _remove_own(path, self.epoch))
        _log.info(line("listening", address=self.connection.control, pid=os.getpid(), version=__version__))

    def run(self) -> None:
        """Serves until it is stopped, then tidies up."""
        try:
            self._executor.start(self._mailbox.put)
            self._loop()
        finally:
            self._dispatcher.shut_down()
            self._sessions.serve()
            self._executor.stop()
            self._close()

    def _loop(self) -> None:
        poller = zmq.Poller()
        for socket in (self._gate.socket, self._control, self._data, self._mailbox.socket):
            poller.register(socket, zmq.POLLIN)
        last_heard = time.monotonic()
        while not self._stopping:
            busy = self._sessions.waiting or self._transfers.waiting
            ready = dict(poller.poll(int(1000 * (_RETRY_S if busy else _TICK_S))))
            now = time.monotonic()
            if self._gate.socket in ready:
                self._gate.answer()
            for event in self._mailbox.take():
                self._dispatcher.take(event)
            if self._control in ready:
                self._take_control(now)
            if self._data in ready:
                self._take_data()
            self._dispatcher.dispatch()
            self._sessions.serve()
            self._transfers.serve()
            if self._control in ready or self._data in ready or self._jobs.unfinished():
                last_heard = now
            self._sessions.expire(now - _FORGET_PEERS_S)
            if self._config.idle_exit is not None and now - last_heard > self._config.idle_exit:
                _log.info(line("idle, ending", seconds=self._config.idle_exit))
                return

    # --------------------------------------------------------------------------------------------------- incoming

    def _take_control(self, now: float) -> None:
        for identity, owner, buffers in self._received(self._control):
            if self._sessions.was_dropped(identity):
                text = "the server dropped this connection: its answers were not read"
                self._reply_now(self._control, identity, Rejected(ErrorCode.BUSY.value, text, "connect again"), "")
                continue
            peer = self._sessions.heard(identity, owner, now)
            if peer.outlawed:
                continue
            answer = self._handle(buffers, identity, functools.partial(self._desk.handle, peer))
            if answer is not None:
                message, re = answer
                peer.strikes += isinstance(message, Error) and message.code in _STRIKES
                self._sessions.reply(peer, message, re)

    def _take_data(self) -> None:
        for identity, owner, buffers in self._received(self._data):
            answer = self._handle(buffers, identity, functools.partial(self._data_message, identity, owner))
            if answer is not None:
                self._reply_now(self._data, identity, *answer)

    def _received(self, socket: zmq.Socket[Any]) -> Iterator[tuple[bytes, str, list[memoryview]]]:
        """Messages that wait, as (peer, its key, frames); not so many that the other socket would wait for long."""
        for _ in range(_BATCH):
            try:
                identity, *frames = socket.recv_multipart(zmq.DONTWAIT, copy=False)
            except zmq.Again:
                return
            yield identity.bytes, str(frames[0].get("User-Id")) if frames else "", [frame.buffer for frame in frames]

    def _handle(
        self, buffers: list[memoryview], identity: bytes, handle: Callable[[Envelope], None]
    ) -> tuple[Message, str] | None:
        """Reads and handles a message; gives what must be answered when that fails."""
        try:
            handle(read_message(buffers))
        except HeadsmithError as error:
            _log.warning(line("message refused", peer=identity.hex(), error=error.message))
            return _refusal(error), message_id(buffers)
        except Exception:  # a defect of ours must not take the other clients' server away
            _log.exception(line("message not handled", peer=identity.hex()))
            error = HeadsmithError(ErrorCode.JOB_FAILED, "the server failed at this message", "read server.log")
            return _refusal(error), message_id(buffers)
        return None

    def _data_message(self, identity: bytes, owner: str, envelope: Envelope) -> None:
        message = envelope.message
        if isinstance(message, Credit):
            self._transfers.credit(identity, message.bytes)
        elif isinstance(message, Get):
            try:
                known = self._jobs.owns_blob(owner, message.hash)
                found = known and self._transfers.get(identity, message.hash, message.offset)
            except HeadsmithError as error:
                answer = Error(error.code.value, error.message, error.remedy, hash=message.hash)
                self._reply_now(self._data, identity, answer, envelope.id)
                return
            if not found:
                self._reply_now(self._data, identity, NotFound(hash=message.hash), envelope.id)
        elif isinstance(message, Bye):
            self._transfers.drop(identity)
        else:
            raise HeadsmithError(
                ErrorCode.UNSUPPORTED,
                f"{message.verb} is not served on the data socket",
                "install the same Headsmith version on both sides",
            )

    # --------------------------------------------------------------------------------------------------- outgoing

    def _send_control(self, identity: bytes, message: Message, re: str) -> None:
        self._put(self._control, [identity, *encode(message, re=re)])

    def _send_data(self, identity: bytes, message: Message, body: Body) -> None:
        self._put(self._data, [identity, *encode(message, body=body)])

    def _reply_now(self, socket: zmq.Socket[Any], identity: bytes, message: Message, re: str) -> None:
        try:
            self._put(socket, [identity, *encode(message, re=re)])
        except (Unsent, PeerGone):  # it asks and does not read, or has gone
            self._transfers.drop(identity)

    def _put(self, socket: zmq.Socket[Any], frames: list[Any]) -> None:
        try:
            socket.send_multipart(frames, zmq.DONTWAIT)
        except zmq.Again:
            raise Unsent from None
        except zmq.ZMQError as error:
            if error.errno == zmq.EHOSTUNREACH:
                raise PeerGone from None
            raise

    def _close(self) -> None:
        if hasattr(self, "_transfers"):
            self._transfers.close()
        _log.info("ended")
        while self._cleanup:
            self._cleanup.pop()()


def _refusal(error: HeadsmithError) -> Message:
    """A peer of another protocol version is rejected as a whole; anything else is about one message."""
    kind = Rejected if error.code is ErrorCode.VERSION_MISMATCH else Error
    return kind(error.code.value, error.message[:1000], error.remedy)


def _remove_own(path: Path, epoch: str) -> None:
    """Removes the connection file unless a newer server has written its own."""
    try:
        if epoch in path.read_text(encoding="utf-8"):
            path.unlink()
    except OSError:
        pass
