"""OpenEXR without a library: every bit comes back, another reader sees the same, and nothing else is read."""

from __future__ import annotations

import os
import struct

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headsmith_server.synthesis.shards.exr import decode_exr, encode_exr
from headsmith_shared.errors import ErrorCode, HeadsmithError

os.environ.setdefault("OPENCV_IO_ENABLE_OPENEXR", "1")
ENOUGH = 1 << 20


def image(height: int, width: int, channels: int, dtype: type, seed: int = 0, smooth: bool = False) -> np.ndarray:
    random = np.random.default_rng(seed)
    shape = (height, width) if channels == 1 else (height, width, channels)
    values = np.linspace(0, 1, int(np.prod(shape))).reshape(shape) if smooth else random.standard_normal(shape)
    return values.astype(dtype)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 40), st.integers(1, 24), st.sampled_from([1, 3, 4]), st.sampled_from([np.float16, np.float32]),
    st.integers(0, 99), st.booleans(),
)  # fmt: skip
def test_every_bit_comes_back(height: int, width: int, channels: int, dtype: type, seed: int, smooth: bool) -> None:
    written = image(height, width, channels, dtype, seed, smooth)
    read = decode_exr(encode_exr(written), ENOUGH)
    assert read.dtype == written.dtype
    assert read.shape == written.shape
    assert read.tobytes() == written.tobytes()


def test_not_a_number_and_infinity_are_kept() -> None:
    written = np.array([[np.nan, np.inf, -np.inf, -0.0]], np.float32)
    assert decode_exr(encode_exr(written), ENOUGH).tobytes() == written.tobytes()


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("smooth", [False, True])
def test_opencv_reads_the_same(channels: int, dtype: type, smooth: bool) -> None:
    written = image(37, 23, channels, dtype, smooth=smooth)
    read = cv2.imdecode(np.frombuffer(encode_exr(written), np.uint8), cv2.IMREAD_UNCHANGED)
    if channels > 1:
        read = cv2.cvtColor(read, cv2.COLOR_BGR2RGB if channels == 3 else cv2.COLOR_BGRA2RGBA)
    np.testing.assert_array_equal(read, written.astype(np.float32))


def test_smooth_images_become_smaller() -> None:
    written = image(256, 256, 1, np.float32, smooth=True)
    assert len(encode_exr(written)) < 0.5 * written.nbytes


@pytest.mark.parametrize("wrong", [np.zeros((4, 4)), np.zeros((4, 4, 2), np.float32), np.zeros((0, 4), np.float16)])
def test_other_arrays_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="OpenEXR"):
        encode_exr(wrong)


def test_a_file_cut_anywhere_is_refused() -> None:
    data = encode_exr(image(20, 7, 3, np.float16))
    for end in range(0, len(data), 7):
        with pytest.raises(HeadsmithError) as caught:
            decode_exr(data[:end], ENOUGH)
        assert caught.value.code is ErrorCode.BAD_FILE
    with pytest.raises(HeadsmithError, match="behind its end"):
        decode_exr(data + b"\0", ENOUGH)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_changed_byte_is_refused_or_gives_an_image(data: st.DataObject) -> None:
    good = bytearray(encode_exr(image(18, 5, 1, np.float32, smooth=True)))
    for _ in range(data.draw(st.integers(1, 3))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert decode_exr(bytes(good), ENOUGH).shape == (18, 5)
    except HeadsmithError as error:
        assert error.code in (ErrorCode.BAD_FILE, ErrorCode.TOO_LARGE)  # noqa: PT017


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    data = bytearray(encode_exr(image(8, 8, 1, np.float32)))
    at = data.index(b"dataWindow\0box2i\0") + 21
    data[at : at + 16] = struct.pack("<iiii", 0, 0, 2**31 - 2, 2**31 - 2)
    with pytest.raises(HeadsmithError) as caught:
        decode_exr(bytes(data), ENOUGH)
    assert caught.value.code is ErrorCode.TOO_LARGE
