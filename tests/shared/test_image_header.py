"""Size and kind of an image without decoding it, checked against decoders that do."""

from __future__ import annotations

import io
import os
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.image_header import ImageHeader, read_image_header
from tests.shared.equality import value_or_error
from tests.shared.head_fixtures import exr, png

os.environ.setdefault("OPENCV_IO_ENABLE_OPENEXR", "1")


@pytest.mark.parametrize(
    ("channels", "dtype"), [(1, np.uint8), (3, np.uint8), (4, np.uint8), (1, np.uint16), (3, np.uint16)]
)
def test_opencv_pngs_are_read(channels: int, dtype: type) -> None:
    cv2 = pytest.importorskip("cv2")
    pixels = np.zeros((7, 13, channels), dtype=dtype)
    assert read_image_header(cv2.imencode(".png", pixels)[1].tobytes()) == ImageHeader("image/png", 13, 7)


@pytest.mark.parametrize("channels", [1, 3])
def test_opencv_exrs_are_read(channels: int) -> None:
    cv2 = pytest.importorskip("cv2")
    try:
        encoded = cv2.imencode(".exr", np.zeros((7, 13, channels), dtype=np.float32))[1].tobytes()
    except cv2.error:
        pytest.skip("this OpenCV writes no OpenEXR")
    assert read_image_header(encoded) == ImageHeader("image/x-exr", 13, 7)


def test_pillow_reads_what_the_fixtures_write() -> None:
    image = pytest.importorskip("PIL.Image")
    assert image.open(io.BytesIO(png(9, 5))).size == (9, 5)
    assert read_image_header(png(9, 5)) == ImageHeader("image/png", 9, 5)
    assert read_image_header(exr(9, 5)) == ImageHeader("image/x-exr", 9, 5)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from((png(3, 2), exr(3, 2))), st.data())
def test_damaged_images_give_a_header_or_a_named_error(image: bytes, data: st.DataObject) -> None:
    content = bytearray(image[: data.draw(st.integers(0, len(image)))])
    for _ in range(data.draw(st.integers(0, 3))):
        if content:
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    header = value_or_error(lambda: read_image_header(bytes(content)))
    if isinstance(header, HeadsmithError):
        assert header.code is ErrorCode.BAD_FILE
    else:
        assert header.media_type in ("image/png", "image/x-exr")


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (png(3, 2)[:20], "without a header"),
        (png(3, 2).replace(b"IDAT", b"tEXt"), "cut short"),
        (png(3, 2)[:-1], "cut short"),
        (png(3, 2)[:24] + b"\x05" + png(3, 2)[25:], "damaged header"),
        (exr(3, 2)[:4], "cut short"),
        (exr(3, 2).replace(b"dataWindow", b"dateWindow"), "without pixels"),
        (exr(3, 2).replace(struct.pack("<I", 2), struct.pack("<I", 2 | 0x1000), 1), "unknown kind"),
        (exr(3, 2)[:-6], "without pixels"),
        (b"\xff\xd8\xff\xe0", "neither"),
    ],
)
def test_a_wrong_image_is_refused(data: bytes, cause: str) -> None:
    with pytest.raises(HeadsmithError, match=cause):
        read_image_header(data)
