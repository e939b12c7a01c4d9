"""The parts of a sample to bytes and back; what is read is checked as a stranger's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import cv2
import numpy as np

from headsmith_server.synthesis.shards.exr import decode_exr, encode_exr
from headsmith_server.synthesis.shards.kind import Sample, Value
from headsmith_server.texture.encode import encode_png
from headsmith_shared import limits, safetensors_codec, strict_json
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.image_header import PNG, read_image_header

MAX_PARTS: Final = 64
MAX_PART_BYTES: Final = 256 * limits.MIB
MAX_PIXELS: Final = 8192 * 8192
_NAME: Final = re.compile(r"([a-z][a-z0-9_]{0,39})\.(png|exr|safetensors|json|txt)")


def is_part(name: str) -> bool:
    """Whether a part may have that name."""
    return _NAME.fullmatch(name) is not None


def stem(name: str) -> str:
    """What stands before the ending of a part's name. HeadsmithError BAD_FILE when it is no such name."""
    return _parse(name)[0]


def encode_sample(sample: Sample) -> dict[str, bytes]:
    """All parts of a sample as bytes, by name in alphabetical order. ValueError for a name or value that breaks
    Sample's rules (two parts with the same stem count as one name)."""
    stems = [name.partition(".")[0] for name in sample]
    if not sample or len(sample) > MAX_PARTS or len(set(stems)) != len(stems):
        raise ValueError(f"a sample has {len(sample)} parts with the names {', '.join(sorted(sample))}")
    return {name: encode(name, sample[name]) for name in sorted(sample)}


def encode(name: str, value: Value) -> bytes:
    """The bytes of one part. ValueError when the value does not fit the name's ending."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"{name!r} cannot name a part of a sample")
    ending = match[2]
    if ending == "png" and isinstance(value, np.ndarray) and value.dtype in (np.uint8, np.uint16):
        return encode_png(value)
    if ending == "exr" and isinstance(value, np.ndarray):
        return encode_exr(value)
    if ending == "safetensors" and isinstance(value, Mapping):
        return b"".join(safetensors_codec.encode(value))
    if ending == "json" and isinstance(value, Mapping):
        return strict_json.dumps(value)
    if ending == "txt" and isinstance(value, str):
        return value.encode()
    raise ValueError(f"{name}: a {type(value).__name__} cannot be stored in it")


def decode(name: str, data: bytes) -> Value:
    """The value of one part. Raises HeadsmithError BAD_FILE or TOO_LARGE for anything but what `encode` makes."""
    ending = _parse(name)[1]
    if len(data) > MAX_PART_BYTES:
        raise HeadsmithError(ErrorCode.TOO_LARGE, f"{name}: {len(data)} bytes, {MAX_PART_BYTES} at most")
    try:
        if ending == "png":
            return _decode_png(data)
        if ending == "exr":
            return decode_exr(data, MAX_PIXELS)
        if ending == "safetensors":
            return safetensors_codec.decode(data)
        if ending == "json":
            return _object(strict_json.loads(data))
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise HeadsmithError(ErrorCode.BAD_FILE, f"{name}: not valid UTF-8") from None
    except HeadsmithError as error:
        raise HeadsmithError(error.code, f"{name}: {error.message}", error.remedy) from None


def decode_sample(encoded: Mapping[str, bytes]) -> dict[str, Value]:
    """All parts of a sample; errors as `decode`."""
    return {name: decode(name, data) for name, data in encoded.items()}


def _decode_png(data: bytes) -> np.ndarray[Any, Any]:
    header = read_image_header(data)
    if header.media_type != PNG:
        raise HeadsmithError(ErrorCode.BAD_FILE, "is no PNG image")
    if header.width * header.height > MAX_PIXELS:
        raise HeadsmithError(ErrorCode.TOO_LARGE, f"a PNG image of {header.width} x {header.height} pixels")
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        image = None
    if image is None or image.shape[:2] != (header.height, header.width):
        raise HeadsmithError(ErrorCode.BAD_FILE, "is a damaged PNG image")
    if image.ndim == 2:
        return image
    if image.shape[2] not in (3, 4):
        raise HeadsmithError(ErrorCode.BAD_FILE, f"is a PNG image of {image.shape[2]} channels")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB if image.shape[2] == 3 else cv2.COLOR_BGRA2RGBA)


def _object(value: strict_json.JsonValue) -> strict_json.Json:
    if not isinstance(value, dict):
        raise HeadsmithError(ErrorCode.BAD_FILE, "an object was expected")
    return value


def _parse(name: str) -> tuple[str, str]:
    match = _NAME.fullmatch(name)
    if match is None:
        raise HeadsmithError(ErrorCode.BAD_FILE, f"{name[:60]!r} cannot name a part of a sample")
    return match[1], match[2]
