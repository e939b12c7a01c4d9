"""ZAP: the broker's answers to libzmq's question whether a CURVE key may enter (RFC 27)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import zmq
from zmq.utils import z85


class KeyGate:
    """Lets in the clients whose public key (Z85) is in `allowed`; the key becomes the peer's "User-Id".

    The socket answers inside the broker's own loop, so there is no thread and no lock. Make it before any server
    socket of the same context binds.
    """

    def __init__(self, context: zmq.Context[Any], allowed: Collection[str]) -> None:
        self.allowed = frozenset(allowed)
        self.socket = context.socket(zmq.REP)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.bind("inproc://zeromq.zap.01")

    def answer(self) -> None:
        """Answers one waiting question."""
        frames = self.socket.recv_multipart()
        user = ""
        if len(frames) == 7 and frames[0] == b"1.0" and frames[5] == b"CURVE" and len(frames[6]) == 32:
            key = z85.encode(frames[6]).decode("ascii")
            user = key if key in self.allowed else ""
        request = frames[1] if len(frames) > 1 else b""
        status = (b"200", b"OK") if user else (b"400", b"key not allowed")
        self.socket.send_multipart([b"1.0", request, *status, user.encode("ascii"), b""])
