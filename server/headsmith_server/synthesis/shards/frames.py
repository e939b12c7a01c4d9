"""What a worker and its owner say to each other through pipes: a JSON header and raw bodies, nothing pickled."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import IO, Any, Final

from headsmith_shared import strict_json

_LENGTH: Final = struct.Struct("<Q")


def send(stream: IO[bytes], header: dict[str, Any], bodies: Sequence[bytes] = ()) -> None:
    """Write one message and flush it. OSError when nobody reads any more."""
    text = strict_json.dumps({**header, "sizes": [len(body) for body in bodies]})
    stream.write(_LENGTH.pack(len(text)))
    stream.write(text)
    for body in bodies:
        stream.write(body)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], list[bytes]] | None:
    """The next message; None at the end of the stream, also in the middle of a message (the other side is gone)."""
    start = stream.read(_LENGTH.size)
    if len(start) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(start)
    text = stream.read(length)
    if len(text) < length:
        return None
    header = strict_json.loads(text, "a worker's message", length)
    assert isinstance(header, dict)
    sizes: Any = header.pop("sizes")
    bodies = [stream.read(size) for size in sizes]
    if any(len(body) < size for body, size in zip(bodies, sizes, strict=True)):
        return None
    return header, bodies
