"""The protocol's numbers: sizes that both sides refuse to exceed, and times after which a peer counts as gone."""

from __future__ import annotations

from typing import Final

VERSION_MAJOR: Final = 1
VERSION_MINOR: Final = 0
VERSION: Final = f"{VERSION_MAJOR}.{VERSION_MINOR}"

MIB: Final = 1024 * 1024
MAX_HEADER_BYTES: Final = 16 * 1024
CHUNK_BYTES: Final = MIB
MAX_BODY_BYTES: Final = CHUNK_BYTES
MAX_FRAME_BYTES: Final = MIB + 64 * 1024  # ZMQ_MAXMSGSIZE: a body and some slack, per frame

MAX_CONTAINERS: Final = 1024  # objects and arrays in a header
MAX_INT: Final = 2**63 - 1

CREDIT_BYTES: Final = 8 * CHUNK_BYTES  # what a client grants at first
MAX_CREDIT_BYTES: Final = 16 * CHUNK_BYTES  # more is not counted
MAX_BLOB_BYTES: Final = 2**34  # 16 GiB

PING_AFTER_S: Final = 1.0  # idle time before a PING
DEAD_AFTER_S: Final = 5.0  # silence after which the peer is gone
