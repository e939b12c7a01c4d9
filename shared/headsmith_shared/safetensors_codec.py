"""Arrays to and from the safetensors format, for what a head holds: float32 and int32, little-endian.

Format: https://github.com/huggingface/safetensors (README, "Format"): a little-endian uint64 with the
header's length, a JSON header name -> {dtype, shape, data_offsets}, then the bytes. Written
deterministically: names sorted, header padded with spaces to 8 bytes.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from headsmith_shared import limits, strict_json
from headsmith_shared.errors import ErrorCode, HeadsmithError

Array = NDArray[Any]

_DTYPES: Final[dict[str, np.dtype[Any]]] = {"F32": np.dtype("<f4"), "I32": np.dtype("<i4")}
_NAMES: Final = {dtype: name for name, dtype in _DTYPES.items()}
_LENGTH: Final = struct.Struct("<Q")


def encode(arrays: Mapping[str, Array]) -> Iterable[bytes | memoryview]:
    """The pieces of a safetensors file holding `arrays` (float32 or int32), the same for equal input.

    Raises HeadsmithError UNSUPPORTED for another dtype.
    """
    header: dict[str, strict_json.JsonValue] = {}
    pieces: list[memoryview] = []
    offset = 0
    for name in sorted(arrays):
        array = arrays[name]
        dtype = array.dtype.newbyteorder("<")
        if dtype not in _NAMES:
            raise HeadsmithError(
                ErrorCode.UNSUPPORTED,
                f"array {name}: dtype {array.dtype} cannot be stored",
                "convert it to float32 or int32",
            )
        flat = np.ascontiguousarray(array, dtype=dtype).reshape(-1)
        header[name] = {
            "dtype": _NAMES[dtype],
            "shape": list(array.shape),
            "data_offsets": [offset, offset + flat.nbytes],
        }
        offset += flat.nbytes
        if flat.nbytes:
            pieces.append(flat.view(np.uint8).data)
    text = strict_json.dumps(header)
    text += b" " * (-len(text) % 8)
    return [_LENGTH.pack(len(text)), text, *pieces]


def decode(data: bytes | memoryview) -> dict[str, Array]:
    """The arrays of a safetensors file, copied (aligned and writable), native byte order.

    Raises HeadsmithError BAD_FILE or TOO_LARGE for anything but a well-formed file of float32 and int32
    arrays whose byte ranges follow one another without gap or overlap.
    """
    view = memoryview(data)
    if len(view) > limits.MAX_ARRAYS_BYTES:
        raise HeadsmithError(ErrorCode.TOO_LARGE, f"arrays: {len(view)} bytes")
    if len(view) < _LENGTH.size:
        raise _bad("is shorter than its own header")
    (length,) = _LENGTH.unpack(view[: _LENGTH.size])
    if length > limits.MAX_ARRAYS_HEADER_BYTES:
        raise HeadsmithError(ErrorCode.TOO_LARGE, f"arrays: a header of {length} bytes")
    body = view[_LENGTH.size + length :]
    if len(view) < _LENGTH.size + length:
        raise _bad("ends inside its header")
    header = strict_json.loads(bytes(view[_LENGTH.size : _LENGTH.size + length]), what="arrays header")
    if not isinstance(header, dict):
        raise _bad("has a header that is no JSON object")
    header.pop("__metadata__", None)
    if len(header) > limits.MAX_ARRAYS:
        raise HeadsmithError(ErrorCode.TOO_LARGE, f"arrays: {len(header)} arrays in one file")

    entries = sorted((_entry(name, value) for name, value in header.items()), key=lambda entry: entry[3:])
    arrays: dict[str, Array] = {}
    expected = 0
    for name, dtype, shape, begin, end in entries:
        if begin != expected:
            raise _bad(f"has a gap or an overlap before {name}")
        if end > len(body):
            raise _bad(f"ends inside {name}")
        expected = end
        arrays[name] = np.frombuffer(body[begin:end], dtype=dtype).astype(dtype.newbyteorder("=")).reshape(shape)
    if expected != len(body):
        raise _bad(f"has {len(body) - expected} bytes that belong to no array")
    return arrays


def _entry(name: str, value: strict_json.JsonValue) -> tuple[str, np.dtype[Any], tuple[int, ...], int, int]:
    fields = strict_json.Fields(value, f"array {name}")
    dtype_name = fields.text("dtype")
    shape = tuple(fields.integers("shape"))
    offsets = fields.integers("data_offsets")
    fields.finish()
    dtype = _DTYPES.get(dtype_name)
    if dtype is None:
        raise _bad(f"holds {name} as {dtype_name[:20]}; only F32 and I32 are used")
    if len(shape) > limits.MAX_ARRAY_DIMENSIONS or any(not 0 <= size <= limits.MAX_ARRAYS_BYTES for size in shape):
        raise _bad(f"gives {name} an impossible shape")
    if len(offsets) != 2 or not 0 <= offsets[0] <= offsets[1]:
        raise _bad(f"gives {name} impossible offsets")
    begin, end = offsets
    if end - begin != math.prod(shape) * dtype.itemsize:
        raise _bad(f"gives {name} {end - begin} bytes, its shape needs {math.prod(shape) * dtype.itemsize}")
    return name, dtype, shape, begin, end


def _bad(cause: str) -> HeadsmithError:
    return HeadsmithError(ErrorCode.BAD_FILE, f"arrays.safetensors {cause}")
