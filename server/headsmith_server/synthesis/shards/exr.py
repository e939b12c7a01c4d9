"""OpenEXR images of half and float channels: one scan-line part, ZIP compression, written and read without a library.

Layout: "OpenEXR File Layout" and "Technical Introduction", openexr.com (chunks of 16 lines; bytes split into even and
odd ones, differences, deflate). Reading accepts exactly what writing makes, so a hostile file has nowhere to hide.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from headsmith_shared.errors import ErrorCode, HeadsmithError

Pixels = NDArray[np.float16] | NDArray[np.float32]

_START: Final = struct.pack("<II", 20000630, 2)
_LINES: Final = 16
_ZIP: Final = 3
_CHANNELS: Final = {1: "Y", 3: "BGR", 4: "ABGR"}  # files keep them in alphabetical order
_TYPES: Final = {np.dtype("<f2"): 1, np.dtype("<f4"): 2}
_LEVEL: Final = 1
_MAX_HEADER: Final = 1024


def encode_exr(image: Pixels) -> bytes:
    """The file of an image [H, W] or [H, W, 3 or 4] (RGB order), float16 or float32; every bit is kept."""
    planes = image[..., None] if image.ndim == 2 else image
    dtype = planes.dtype.newbyteorder("<")
    if planes.ndim != 3 or planes.shape[2] not in _CHANNELS or dtype not in _TYPES or 0 in planes.shape:
        raise ValueError(f"cannot encode an image of shape {image.shape} and type {image.dtype} as OpenEXR")
    height, width, count = planes.shape
    header = _header(width, height, count, _TYPES[dtype])
    # A line holds its channels one after the other: blue, green, red.
    lines = np.ascontiguousarray(planes[:, :, ::-1].transpose(0, 2, 1), dtype=dtype)
    chunks = []
    for top in range(0, height, _LINES):
        raw = lines[top : top + _LINES].tobytes()
        packed = zlib.compress(_split(raw), _LEVEL)
        body = packed if len(packed) < len(raw) else raw
        chunks.append(struct.pack("<ii", top, len(body)) + body)
    offsets = np.cumsum([len(header) + 8 * len(chunks), *map(len, chunks[:-1])]).astype("<u8")
    return b"".join([header, offsets.tobytes(), *chunks])


def decode_exr(data: bytes, most_pixels: int) -> Pixels:
    """The image of a file that encode_exr made. Raises HeadsmithError BAD_FILE or TOO_LARGE before any pixel is made
    room for."""
    width, height, count, kind = _read_header(data)
    if width * height > most_pixels:
        raise HeadsmithError(ErrorCode.TOO_LARGE, f"an OpenEXR image of {width} x {height} pixels")
    header = _header(width, height, count, kind)
    if not data.startswith(header):
        raise _bad("has a header that Headsmith does not write")
    dtype = next(dtype for dtype, number in _TYPES.items() if number == kind)
    line_bytes = width * count * dtype.itemsize
    chunks = -(-height // _LINES)
    at = len(header) + 8 * chunks
    if len(data) < at:
        raise _bad("is cut short")
    offsets = np.frombuffer(data, "<u8", chunks, len(header))
    lines = bytearray()
    for number in range(chunks):
        if offsets[number] != at or at + 8 > len(data):
            raise _bad("has its lines out of place")
        top, size = struct.unpack_from("<ii", data, at)
        wanted = min(_LINES, height - top) * line_bytes
        if top != number * _LINES or not 0 < size <= wanted or at + 8 + size > len(data):
            raise _bad("has a damaged chunk")
        body = data[at + 8 : at + 8 + size]
        lines += body if size == wanted else _join(_inflate(body, wanted))
        at += 8 + size
    if at != len(data):
        raise _bad("has something behind its end")
    planes = np.frombuffer(bytes(lines), dtype).reshape(height, count, width).transpose(0, 2, 1)[:, :, ::-1]
    image = np.ascontiguousarray(planes).astype(dtype.newbyteorder("="))
    return image[..., 0] if count == 1 else image


def _split(raw: bytes) -> bytes:
    """Even bytes, then odd bytes, each as the difference from the one before (+ 128)."""
    values = np.frombuffer(raw, np.uint8)
    parted = np.concatenate([values[0::2], values[1::2]])
    parted[1:] = parted[1:] - parted[:-1] + np.uint8(128)
    return parted.tobytes()


def _join(packed: bytes) -> bytes:
    steps = np.frombuffer(packed, np.uint8).copy()
    steps[1:] -= np.uint8(128)
    parted = np.cumsum(steps, dtype=np.uint8)
    values = np.empty_like(parted)
    half = (len(parted) + 1) // 2
    values[0::2], values[1::2] = parted[:half], parted[half:]
    return values.tobytes()


def _inflate(body: bytes, size: int) -> bytes:
    stream = zlib.decompressobj()
    try:
        raw = stream.decompress(body, size)
    except zlib.error:
        raise _bad("has a damaged chunk") from None
    if len(raw) != size or not stream.eof or stream.unused_data:
        raise _bad("has a damaged chunk")
    return raw


def _header(width: int, height: int, count: int, kind: int) -> bytes:
    channels = b"".join(
        name.encode() + b"\0" + struct.pack("<iB3xii", kind, 0, 1, 1) for name in _CHANNELS[count]
    )  # fmt: skip
    window = struct.pack("<iiii", 0, 0, width - 1, height - 1)
    attributes = (
        ("channels", "chlist", channels + b"\0"),
        ("compression", "compression", bytes([_ZIP])),
        ("dataWindow", "box2i", window),
        ("displayWindow", "box2i", window),
        ("lineOrder", "lineOrder", b"\0"),
        ("pixelAspectRatio", "float", struct.pack("<f", 1.0)),
        ("screenWindowCenter", "v2f", struct.pack("<ff", 0.0, 0.0)),
        ("screenWindowWidth", "float", struct.pack("<f", 1.0)),
    )
    parts = [
        name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<i", len(value)) + value
        for name, kind, value in attributes
    ]
    return _START + b"".join(parts) + b"\0"


def _read_header(data: bytes) -> tuple[int, int, int, int]:
    """(width, height, channels, pixel type), not yet checked against the rest of the header."""
    head = data[:_MAX_HEADER]
    at = head.find(b"dataWindow\0box2i\0")
    if not head.startswith(_START) or at < 0 or at + 37 > len(head):
        raise _bad("has a header that Headsmith does not write")
    left, top, right, bottom = struct.unpack_from("<iiii", head, at + 21)
    listed = head.find(b"channels\0chlist\0")
    length: Any = struct.unpack_from("<i", head, listed + 16)[0] if 0 <= listed < at else 0
    count, kind = length // 18, struct.unpack_from("<i", head, listed + 22)[0] if length else 0
    if count not in _CHANNELS or kind not in _TYPES.values() or (left, top) != (0, 0) or min(right, bottom) < 0:
        raise _bad("has a header that Headsmith does not write")
    return right + 1, bottom + 1, count, kind


def _bad(cause: str) -> HeadsmithError:
    return HeadsmithError(ErrorCode.BAD_FILE, f"an OpenEXR image {cause}")
