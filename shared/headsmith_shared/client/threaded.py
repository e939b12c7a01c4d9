"""ThreadedClient: a connection on a thread of its own, for user interfaces that must never wait.

Commands go in through a queue, frozen messages come out through an inbox that a timer reads. The thread looks for
the server, connects, reconnects with growing pauses, and takes up the jobs where the old connection left them.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

import zmq

from headsmith_shared import __version__
from headsmith_shared.client.engine import Engine, JobBook
from headsmith_shared.client.inbox import Inbox, InboxMessage, JobCancelled, LinkChanged, LinkState, Problem
from headsmith_shared.client.link import Link
from headsmith_shared.connection import ConnectionInfo, find_local_server
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.local_server import start_local_server, stop_local_server
from headsmith_shared.protocol.ids import new_job_id, uuid7
from headsmith_shared.protocol.jobspec import Spec, encode_spec, spec_hash
from headsmith_shared.protocol.messages import ArtifactInfo, Hello, Submit

FIRST_PAUSE_S: Final = 0.25
LONGEST_PAUSE_S: Final = 8.0
_IDLE_S: Final = 1.0


class ThreadedClient:
    """See the module. connection None: this user's local server, looked for again at each attempt.

    fetch: kinds of artifacts that are downloaded by themselves. All methods return at once and may be called from
    any thread.
    """

    def __init__(
        self,
        connection: ConnectionInfo | None = None,
        *,
        name: str = "blender",
        version: str = __version__,
        directory: Path | None = None,
        fetch: Collection[str] = ("geometry", "head"),
    ) -> None:
        self.inbox = Inbox()
        self._connection = connection
        self._name, self._version, self._directory, self._fetch = name, version, directory, tuple(fetch)
        self._session = uuid7()
        self._book = JobBook()
        self._commands: SimpleQueue[Callable[[Engine | None], None]] = SimpleQueue()
        self._stopping = threading.Event()
        self._soon = False  # a command asks to connect without a pause
        self._stop_wanted = False  # the server was asked to stop: its going is no error
        self._state = LinkChanged(LinkState.OFFLINE)
        # Sockets are made by start(): a client that was never started has nothing to free.
        self._wake: zmq.Socket[Any] | None = None
        self._wake_lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="headsmith-client", daemon=True)
        self._server_thread: threading.Thread | None = None

    @property
    def state(self) -> LinkState:
        """The link's state as the last LinkChanged said."""
        return self._state.state

    def start(self) -> None:
        """Starts the thread; it begins to connect. Call it once."""
        context: zmq.Context[Any] = zmq.Context()
        address = f"inproc://headsmith-wake-{self._session}"
        awakened = context.socket(zmq.PAIR)
        awakened.bind(address)
        wake = context.socket(zmq.PAIR)
        wake.setsockopt(zmq.LINGER, 0)
        wake.connect(address)
        self._context, self._awakened = context, awakened
        with self._wake_lock:
            self._wake = wake
        self._thread.start()

    def stop(self, timeout: float = 2.0) -> None:
        """Says BYE and ends the thread, waiting up to `timeout` seconds; safe to call twice or before start()."""
        self._stopping.set()
        self._signal()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def poll(self, limit: int = 64) -> list[InboxMessage]:
        """Messages that have come, oldest first."""
        return self.inbox.poll(limit)

    def submit(self, spec: Spec, job: str | None = None) -> str:
        """Queues a job and gives its id; it is sent as soon as there is a server. HeadsmithError for a bad spec."""
        plain = encode_spec(spec)
        message = Submit(job or new_job_id(), plain, spec_hash(plain))

        def command(engine: Engine | None) -> None:
            if engine is not None:
                engine.submit(message)
            else:
                self._book.follow(message.job)
                self._book.unanswered[message.job] = message

        self._command(command)
        return message.job

    def cancel(self, job: str) -> None:
        """Cancels a job; JobCancelled follows, or JobRefused when the server does not know it."""

        def command(engine: Engine | None) -> None:
            if engine is not None:
                engine.cancel(job)
            elif job in self._book.unanswered:
                self._book.forget(job)
                self.inbox.put(JobCancelled(job, 0))
            else:
                self.inbox.put(Problem(_offline(), job))

        self._command(command)

    def follow(self, job: str, from_seq: int = 0) -> None:
        """Takes up a job whose id was saved, from the durable event after from_seq on."""

        def command(engine: Engine | None) -> None:
            if engine is not None:
                engine.follow(job, from_seq)
            else:
                self._book.follow(job, from_seq)

        self._command(command)

    def forget(self, job: str) -> None:
        """No more messages about that job; it goes on at the server."""
        self._command(lambda engine: self._book.forget(job))

    def fetch(self, job: str, artifact: ArtifactInfo) -> None:
        """Downloads an artifact; ArtifactReceived or Problem follows."""

        def command(engine: Engine | None) -> None:
            if engine is not None:
                engine.fetch(job, artifact)
            else:
                self.inbox.put(Problem(_offline(), job))

        self._command(command)

    def ask_status(self) -> None:
        """ServerStatus follows when there is a server."""

        def command(engine: Engine | None) -> None:
            if engine is not None:
                engine.ask_list()

        self._command(command)

    def start_server(self, command: Sequence[str] | None = None, timeout: float = 30.0) -> None:
        """Starts this user's server (the recorded command when None), then connects. LinkChanged tells how it goes."""

        def work() -> None:
            try:
                start_local_server(command, timeout, self._directory, self._stopping.is_set)
                self._command(self._connect_now)
            except HeadsmithError as error:
                failed = LinkChanged(LinkState.OFFLINE, error)
                self._command(lambda engine: self._set_state(failed) if engine is None else None)

        self._beside(LinkState.STARTING, work)

    def stop_server(self) -> None:
        """Stops this user's server. LinkChanged tells when it is gone."""

        def work() -> None:
            try:
                stop_local_server(self._directory)
                self._command(lambda engine: self._set_state(LinkChanged(LinkState.OFFLINE)))
            except HeadsmithError as error:
                self.inbox.put(Problem(error))
                self._command(self._connect_now)

        self._beside(LinkState.STOPPING, work)

    # -------------------------------------------------------------------------------------------- the client's thread

    def _run(self) -> None:
        pause = FIRST_PAUSE_S
        while not self._stopping.is_set():
            self._soon = False
            connected = False
            try:
                connected = self._talk()
            except HeadsmithError as error:
                connected = self._state.state is LinkState.CONNECTED
                self._offline(error)
            except Exception as error:  # a defect of ours must not end the thread in silence
                self._offline(HeadsmithError(ErrorCode.BAD_MESSAGE, f"client error: {error!r}", "report this"))
            pause = FIRST_PAUSE_S if connected else min(LONGEST_PAUSE_S, 2 * pause)
            self._rest(pause * random.uniform(0.75, 1.25))
        self._awakened.close(linger=0)
        with self._wake_lock:
            if self._wake is not None:
                self._wake.close(linger=0)
            self._wake = None
        self._context.destroy(linger=200)

    def _talk(self) -> bool:
        """One connection from HELLO to its end; False when there is no server to talk to."""
        info = self._connection or find_local_server(self._directory)
        if info is None:
            if self._state.state not in (LinkState.STARTING, LinkState.STOPPING):
                self._offline(None if self._stop_wanted else _offline())
            return False
        if self._state.state is not LinkState.STOPPING:
            self._set_state(LinkChanged(LinkState.CONNECTING))
        hello = Hello(self._name, self._session, self._version, jobs=self._book.positions())
        link = Link(self._context, info, hello)
        try:
            engine = Engine(link, self._book, self._fetch)
            welcomed = False
            while not self._stopping.is_set():
                for message in engine.step(_IDLE_S, self._awakened):
                    self.inbox.put(message)
                if link.welcome is not None and not welcomed:
                    welcomed = True
                    self._stop_wanted = False
                    self._set_state(LinkChanged(LinkState.CONNECTED, None, link.welcome.version, link.welcome.epoch))
                self._drain()
                if welcomed:
                    self._obey(engine)
            return welcomed
        finally:
            link.close()

    def _rest(self, seconds: float) -> None:
        """Waits without a connection; commands are still obeyed."""
        deadline = time.monotonic() + seconds
        while not self._stopping.is_set() and not self._soon and (left := deadline - time.monotonic()) > 0:
            self._awakened.poll(int(1000 * left) + 1)
            self._drain()
            self._obey(None)

    def _drain(self) -> None:
        """Takes the wake-up calls; the commands themselves wait in their queue, also while HELLO is unanswered."""
        while self._awakened.poll(0):
            self._awakened.recv(zmq.DONTWAIT)

    def _obey(self, engine: Engine | None) -> None:
        while True:
            try:
                command = self._commands.get_nowait()
            except Empty:
                return
            command(engine)

    def _connect_now(self, engine: Engine | None) -> None:
        self._soon = True
        if engine is None:
            self._set_state(LinkChanged(LinkState.CONNECTING))

    def _offline(self, error: HeadsmithError | None) -> None:
        if self._state.state in (LinkState.STARTING, LinkState.STOPPING) or self._stop_wanted:
            error = None
            if self._state.state is not LinkState.OFFLINE:
                return  # the thread beside us tells how it ends
        self._set_state(LinkChanged(LinkState.OFFLINE, error))

    def _set_state(self, new: LinkChanged) -> None:
        def told(state: LinkChanged) -> tuple[str, ...]:
            return (state.state, str(state.error), state.epoch)

        if told(new) != told(self._state):
            self._state = new
            self.inbox.put(new)

    # ------------------------------------------------------------------------------------------------ other threads

    def _command(self, command: Callable[[Engine | None], None]) -> None:
        self._commands.put(command)
        self._signal()

    def _signal(self) -> None:
        with self._wake_lock:
            if self._wake is not None:
                with contextlib.suppress(zmq.ZMQError):  # full: the thread is awake anyway
                    self._wake.send(b"", zmq.DONTWAIT)

    def _beside(self, state: LinkState, work: Callable[[], None]) -> None:
        """Runs what blocks on a thread of its own; one at a time."""
        if self._server_thread is not None and self._server_thread.is_alive():
            return
        self._stop_wanted = state is LinkState.STOPPING

        def begin(engine: Engine | None) -> None:
            # Who is connected already has no server to wait for: the link would stay at STARTING.
            if engine is None or state is not LinkState.STARTING:
                self._set_state(LinkChanged(state))

        self._command(begin)
        self._server_thread = threading.Thread(target=work, name="headsmith-server-starter", daemon=True)
        self._server_thread.start()


def _offline() -> HeadsmithError:
    return HeadsmithError(ErrorCode.NO_SERVER, "no server runs", "start it")
