"""The broker's ROUTER sockets: CURVE, limits, and binding with a readable error."""

from __future__ import annotations

from typing import Any, Final

import zmq

from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol.limits import MAX_FRAME_BYTES

_HIGH_WATER_MARK: Final = 64
_HANDSHAKE_MS: Final = 2000
_HEARTBEAT_MS: Final = 2000


def bind_router(
    context: zmq.Context[Any], host: str, port: int, server_secret: str, server_public: str
) -> tuple[zmq.Socket[Any], int]:
    """A bound ROUTER and its port (0 asks for any free one). HeadsmithError(BUSY) when the port is taken."""
    socket = context.socket(zmq.ROUTER)
    socket.curve_server = True
    socket.curve_secretkey = server_secret.encode("ascii")
    socket.curve_publickey = server_public.encode("ascii")
    socket.setsockopt(zmq.ZAP_DOMAIN, b"headsmith")
    socket.setsockopt(zmq.MAXMSGSIZE, MAX_FRAME_BYTES)
    socket.setsockopt(zmq.SNDHWM, _HIGH_WATER_MARK)
    socket.setsockopt(zmq.RCVHWM, _HIGH_WATER_MARK)
    socket.setsockopt(zmq.HANDSHAKE_IVL, _HANDSHAKE_MS)
    socket.setsockopt(zmq.HEARTBEAT_IVL, _HEARTBEAT_MS)
    socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, 3 * _HEARTBEAT_MS)
    socket.setsockopt(zmq.ROUTER_MANDATORY, 1)
    socket.setsockopt(zmq.LINGER, 0)
    literal = f"[{host}]" if ":" in host else host
    if ":" in host:
        socket.setsockopt(zmq.IPV6, 1)
    try:
        socket.bind(f"tcp://{literal}:{port or '*'}")
    except zmq.ZMQError as error:
        socket.close(linger=0)
        if error.errno == zmq.EADDRINUSE:
            raise HeadsmithError(
                ErrorCode.BUSY, f"port {port} on {host} is in use by another program", "choose another --port, or 0"
            ) from None
        raise HeadsmithError(
            ErrorCode.BAD_USAGE, f"{host}:{port}: cannot listen there: {error.strerror}", "choose another --port, or 0"
        ) from None
    bound = socket.getsockopt(zmq.LAST_ENDPOINT)
    assert isinstance(bound, bytes)
    return socket, int(bound.decode("ascii").rstrip("\0").rpartition(":")[2])
