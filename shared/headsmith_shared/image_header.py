"""What an encoded image says about itself, read from its header alone: no pixel is decoded.

PNG: https://www.w3.org/TR/png-3/ (5.3 chunk layout, 11.2.1 IHDR). OpenEXR: "OpenEXR File Layout",
openexr.com.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Final

from headsmith_shared.errors import ErrorCode, HeadsmithError

PNG: Final = "image/png"
EXR: Final = "image/x-exr"
EXTENSIONS: Final = {PNG: "png", EXR: "exr"}

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PNG_END: Final = b"\0\0\0\0IEND\xaeB`\x82"
_PNG_DEPTHS: Final = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
_EXR_MAGIC: Final = b"\x76\x2f\x31\x01"
_EXR_UNSUPPORTED: Final = 0x1800  # deep data, several parts
_MAX_EXR_HEADER: Final = 64 * 1024
_MAX_EXR_NAME: Final = 255


@dataclass(frozen=True)
class ImageHeader:
    """media_type "image/png" or "image/x-exr"; width and height in pixels."""

    media_type: str
    width: int
    height: int


def read_image_header(data: bytes) -> ImageHeader:
    """The header of a PNG or OpenEXR image; HeadsmithError BAD_FILE when it is neither or is cut short."""
    if data.startswith(_PNG_SIGNATURE):
        return _png(data)
    if data.startswith(_EXR_MAGIC):
        return _exr(data)
    raise _bad("is neither PNG nor OpenEXR")


def _png(data: bytes) -> ImageHeader:
    if len(data) < 33 or data[8:16] != b"\0\0\0\x0dIHDR":
        raise _bad("is a PNG without a header")
    width, height, depth, colour, compression, filtering, interlace, crc = struct.unpack(">IIBBBBBI", data[16:33])
    if crc != zlib.crc32(data[12:29]):
        raise _bad("is a PNG with a damaged header")
    if depth not in _PNG_DEPTHS.get(colour, ()) or compression or filtering or interlace > 1:
        raise _bad("is a PNG of an unknown kind")
    position, chunks = 33, 0
    while position + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, position)
        kind = data[position + 4 : position + 8]
        position += 12 + length
        chunks += kind == b"IDAT"
        if kind == b"IEND":
            break
    if position != len(data) or not chunks or not data.endswith(_PNG_END):
        raise _bad("is a PNG that is cut short")
    return ImageHeader(PNG, width, height)


def _exr(data: bytes) -> ImageHeader:
    if len(data) < 8:
        raise _bad("is an OpenEXR image that is cut short")
    (version,) = struct.unpack_from("<I", data, 4)
    if version & 0xFF != 2 or version & _EXR_UNSUPPORTED:
        raise _bad("is an OpenEXR image of an unknown kind")
    head = data[:_MAX_EXR_HEADER]
    position = 8
    window: tuple[int, int, int, int] | None = None
    while True:
        name, position = _exr_text(head, position)
        if not name:
            break
        kind, position = _exr_text(head, position)
        if position + 4 > len(head):
            raise _bad("is an OpenEXR image that is cut short")
        (size,) = struct.unpack_from("<I", head, position)
        position += 4
        if position + size > len(head):
            raise _bad("is an OpenEXR image that is cut short")
        if name == b"dataWindow" and kind == b"box2i" and size == 16:
            window = struct.unpack_from("<iiii", head, position)
        position += size
    if window is None or position >= len(data):
        raise _bad("is an OpenEXR image without pixels")
    return ImageHeader(EXR, window[2] - window[0] + 1, window[3] - window[1] + 1)


def _exr_text(head: bytes, position: int) -> tuple[bytes, int]:
    end = head.find(b"\0", position, position + _MAX_EXR_NAME + 1)
    if end < 0:
        raise _bad("is an OpenEXR image that is cut short")
    return head[position:end], end + 1


def _bad(cause: str) -> HeadsmithError:
    return HeadsmithError(ErrorCode.BAD_FILE, cause)
