"""One connection to a server: the CURVE sockets, HELLO, heartbeats, loss, downloads. Used by one thread only."""

from __future__ import annotations

import contextlib
import time
from typing import Any, Final

import zmq
from zmq.utils.monitor import recv_monitor_message

from headsmith_shared.client.download import Downloads
from headsmith_shared.connection import ConnectionInfo, split_address
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol.codec import Envelope, decode, encode
from headsmith_shared.protocol.ids import uuid7
from headsmith_shared.protocol.limits import CREDIT_BYTES, DEAD_AFTER_S, MAX_FRAME_BYTES, PING_AFTER_S
from headsmith_shared.protocol.messages import (
    SERVER_MESSAGES,
    Bye,
    Credit,
    Error,
    Hello,
    Message,
    Ping,
    Pong,
    Rejected,
    Welcome,
)

_HIGH_WATER_MARK: Final = 64
_BATCH: Final = 64
_SEND_TIMEOUT_MS: Final = 2000  # a server that reads nothing for so long is as good as gone


class Link:
    """A connection that begins with HELLO and ends at the first failure; a new one is a new object.

    The routing id is random for each connection, since a server may still hold a dead peer under the old one.
    """

    def __init__(
        self,
        context: zmq.Context[Any],
        info: ConnectionInfo,
        hello: Hello,
        *,
        hello_timeout: float = DEAD_AFTER_S,
    ) -> None:
        self.info = info
        self.welcome: Welcome | None = None
        self._context = context
        self._hello_timeout = hello_timeout
        self._control = self._socket()
        self._monitors = [_monitor(self._control)]
        self._data: zmq.Socket[Any] | None = None
        self.downloads = Downloads(self._send_data)
        self._opened = self._last_received = self._last_sent = self._last_step = time.monotonic()
        self._control.connect(info.control)
        self._hello_id = self.send(hello)

    def send(self, message: Message) -> str:
        """Sends on the control socket; gives the message's id. HeadsmithError(NO_SERVER) when the server is stuck."""
        id_ = uuid7()
        self._put(self._control, encode(message, id=id_))
        return id_

    def receive(self, timeout: float, wake: zmq.Socket[Any] | None = None) -> list[Envelope]:
        """What came within `timeout` seconds, at once when something came or `wake` is readable.

        WELCOME and PONG are dealt with here. HeadsmithError: NO_SERVER when there is no answer to HELLO or the
        server is gone, the server's own error when it refuses HELLO, BAD_MESSAGE when it does not keep the protocol.
        """
        now = time.monotonic()
        if now - self._last_step > PING_AFTER_S:  # the caller was away, not the server
            self._last_received = max(self._last_received, now - PING_AFTER_S)
        self._heartbeat(now)
        poller = zmq.Poller()
        for socket in (self._control, *self._monitors, self._data, wake):
            if socket is not None:
                poller.register(socket, zmq.POLLIN)
        ready = dict(poller.poll(int(1000 * max(0.0, min(timeout, self._next_deadline(now) - now))) + 1))
        envelopes: list[Envelope] = []
        for socket in (self._control, self._data):
            if socket is not None and socket in ready:
                envelopes += self._read(socket)
        if not envelopes and any(monitor in ready for monitor in self._monitors) and self._lost():
            raise self._gone("closed the connection")
        self._last_step = time.monotonic()
        return envelopes

    def close(self) -> None:
        """Says BYE and frees the sockets; safe to call twice."""
        if self._control.closed:
            return
        if self.welcome is not None:
            with contextlib.suppress(HeadsmithError):
                self.send(Bye())
        self._control.disable_monitor()
        self._control.close(linger=200)
        if self._data is not None:
            self._data.disable_monitor()
            self._data.close(linger=0)
        for monitor in self._monitors:
            monitor.close(linger=0)

    def _read(self, socket: zmq.Socket[Any]) -> list[Envelope]:
        envelopes: list[Envelope] = []
        for _ in range(_BATCH):
            try:
                frames = socket.recv_multipart(zmq.DONTWAIT, copy=False)
            except zmq.Again:
                break
            self._last_received = time.monotonic()
            envelope = decode([frame.buffer for frame in frames], SERVER_MESSAGES)
            message = envelope.message
            if isinstance(message, Welcome):
                self._welcomed(message)
            elif isinstance(message, Rejected | Error) and (envelope.re == self._hello_id or _of_all(message)):
                raise named_error(message.code, message.text, message.remedy)
            if not isinstance(message, Pong):
                envelopes.append(envelope)
        return envelopes

    def _welcomed(self, message: Welcome) -> None:
        self.welcome = message
        if self._data is None:
            self._data = self._socket()
            self._monitors.append(_monitor(self._data))
            host, _ = split_address(self.info.control)
            host = f"[{host}]" if ":" in host else host
            self._data.connect(self.info.data or f"tcp://{host}:{message.data_port}")
            self._send_data(Credit(CREDIT_BYTES))

    def _heartbeat(self, now: float) -> None:
        if self.welcome is None:
            if now - self._opened > self._hello_timeout:
                raise HeadsmithError(
                    ErrorCode.NO_SERVER,
                    f"{self.info.control}: no answer: wrong key, wrong port or server down",
                    "compare with the server's connection file, or start the server",
                )
            return
        if now - self._last_received > self.welcome.limits.dead_after_s:
            raise self._gone("does not answer any more")
        quiet = now - max(self._last_received, self._last_sent)
        if quiet > self.welcome.limits.ping_after_s:
            self.send(Ping())

    def _next_deadline(self, now: float) -> float:
        if self.welcome is None:
            return self._opened + self._hello_timeout
        return max(self._last_received, self._last_sent) + self.welcome.limits.ping_after_s

    def _lost(self) -> bool:
        lost = False
        for monitor in self._monitors:
            while monitor.poll(0):
                event = recv_monitor_message(monitor)["event"]
                lost = lost or event == zmq.EVENT_DISCONNECTED
        return lost and self.welcome is not None

    def _gone(self, how: str) -> HeadsmithError:
        return HeadsmithError(
            ErrorCode.NO_SERVER,
            f"{self.info.control}: the server {how}",
            "read its log, start it again and repeat the job",
        )

    def _send_data(self, message: Message) -> None:
        assert self._data is not None, "downloads start after WELCOME"
        self._put(self._data, encode(message))

    def _put(self, socket: zmq.Socket[Any], frames: list[Any]) -> None:
        try:
            socket.send_multipart(frames)
        except zmq.Again:
            raise self._gone("takes no more messages") from None
        self._last_sent = time.monotonic()

    def _socket(self) -> zmq.Socket[Any]:
        socket = self._context.socket(zmq.DEALER)
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.SNDTIMEO, _SEND_TIMEOUT_MS)
        socket.setsockopt(zmq.SNDHWM, _HIGH_WATER_MARK)
        socket.setsockopt(zmq.RCVHWM, _HIGH_WATER_MARK)
        socket.setsockopt(zmq.MAXMSGSIZE, MAX_FRAME_BYTES)
        socket.setsockopt(zmq.IPV6, 1)
        socket.curve_serverkey = self.info.server_key.encode("ascii")
        socket.curve_publickey = self.info.client_public_key.encode("ascii")
        socket.curve_secretkey = self.info.client_secret_key.encode("ascii")
        return socket


def _monitor(socket: zmq.Socket[Any]) -> zmq.Socket[Any]:
    """Where the socket's loss shows. The name is our own: pyzmq's is a descriptor's number, which comes again."""
    return socket.get_monitor_socket(zmq.EVENT_DISCONNECTED, f"inproc://headsmith-monitor-{uuid7()}")


def _of_all(message: Rejected | Error) -> bool:
    """A rejection that names no job is about the connection as a whole."""
    return isinstance(message, Rejected) and not message.job


def named_error(code: str, text: str, remedy: str) -> HeadsmithError:
    """An error that came over the wire; a code of a newer server reads as JOB_FAILED."""
    try:
        known = ErrorCode(code)
    except ValueError:
        known = ErrorCode.JOB_FAILED
    return HeadsmithError(known, text, remedy)
