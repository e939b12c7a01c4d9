"""Parts come back as they were, and a stranger's are refused before they cost memory."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np
import pytest
import torch

from headsmith_server.synthesis.shards.parts import decode, decode_sample, encode, encode_sample
from headsmith_shared.errors import ErrorCode, HeadsmithError
from tests.server.synthesis.shards.small_kinds import SMALL


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return one == other


def test_a_sample_comes_back() -> None:
    (sample,) = SMALL.make(1, 2, SMALL.options(), torch.device("cpu"))
    assert same(decode_sample(encode_sample(sample)), dict(sample))


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (5, 7, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_images_come_back_in_rgb_order(shape: tuple[int, ...], dtype: type) -> None:
    image = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, shape).astype(dtype)
    assert same(decode("x.png", encode("x.png", image)), image)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x.png", np.zeros((4, 4), np.float32)), ("x.png", np.zeros((4, 4), bool)), ("x.exr", np.zeros((4, 4))),
        ("x.json", "text"), ("x.txt", {"a": 1}), ("x.jpg", np.zeros((4, 4), np.uint8)), ("X.png", ""),
        ("../x.txt", "x"), ("a/x.txt", "x"), ("x", "x"), ("x.y.txt", "x"),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_their_names_are_refused(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"name|stored|encode"):
        encode(name, value)


def test_two_parts_of_one_stem_are_refused() -> None:
    with pytest.raises(ValueError, match="names"):
        encode_sample({"x.txt": "a", "x.json": {}})


def png(width: int, height: int, body: bytes = b"\0") -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("x.png", png(60_000, 60_000), ErrorCode.TOO_LARGE),
        ("x.png", png(2**31 - 1, 2**31 - 1), ErrorCode.TOO_LARGE),
        ("x.png", b"no image", ErrorCode.BAD_FILE),
        ("x.png", b"", ErrorCode.BAD_FILE),
        ("x.exr", png(4, 4), ErrorCode.BAD_FILE),
        ("x.png", encode("x.exr", np.zeros((4, 4), np.float32)), ErrorCode.BAD_FILE),
        ("x.safetensors", b"\xff" * 8, ErrorCode.TOO_LARGE),
        ("x.json", b"[1]", ErrorCode.BAD_FILE),
        ("x.json", b'{"a": NaN}', ErrorCode.BAD_FILE),
        ("x.json", b'{"a": ' * 1000, ErrorCode.BAD_FILE),
        ("x.txt", b"\xff\xfe", ErrorCode.BAD_FILE),
        ("x.pkl", b"cos\nsystem\n", ErrorCode.BAD_FILE),
        ("../x.txt", b"x", ErrorCode.BAD_FILE),
    ],
)
def test_a_strangers_part_is_refused_by_name(name: str, data: bytes, code: ErrorCode) -> None:
    with pytest.raises(HeadsmithError) as caught:
        decode(name, data)
    assert caught.value.code is code
    assert name.rpartition("/")[2] in str(caught.value)


def test_a_png_with_damaged_pixels_is_refused() -> None:
    data = bytearray(encode("x.png", np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(HeadsmithError, match=r"x\.png"):
        decode("x.png", bytes(data))
