"""Executor events on their way from other threads into the broker's loop."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from typing import Any, Final

import zmq

from headsmith_server.executors.protocol import ExecutorEvent

_ADDRESS: Final = "inproc://executor-events"


class Mailbox:
    """A queue whose `socket` becomes readable when something is in it. put() may be called from any thread."""

    def __init__(self, context: zmq.Context[Any]) -> None:
        self._events: SimpleQueue[ExecutorEvent] = SimpleQueue()
        self._lock = threading.Lock()
        self.socket = context.socket(zmq.PULL)
        self.socket.bind(_ADDRESS)
        self._bell = context.socket(zmq.PUSH)
        self._bell.setsockopt(zmq.LINGER, 0)
        self._bell.connect(_ADDRESS)

    def put(self, event: ExecutorEvent) -> None:
        """Adds an event and wakes the loop."""
        self._events.put(event)
        # The bell may be full (the loop is awake anyway) or closed (it is over).
        with self._lock, contextlib.suppress(zmq.ZMQError):
            self._bell.send(b"", zmq.DONTWAIT)

    def take(self) -> Iterator[ExecutorEvent]:
        """All events that have come; for the loop's thread."""
        with contextlib.suppress(zmq.Again):
            while True:
                self.socket.recv(zmq.DONTWAIT)
        with contextlib.suppress(Empty):
            while True:
                yield self._events.get_nowait()
