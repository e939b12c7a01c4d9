"""A head survives its file, and equal heads give equal files."""

from __future__ import annotations

import io
import json
import os
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from safetensors.numpy import load as load_safetensors

from headsmith_shared.asset import HeadAsset
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.headfile import head_to_bytes, read_head, write_head
from tests.shared.equality import assert_identical
from tests.shared.head_fixtures import large_head, small_head
from tests.shared.strategies import heads


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(heads())
def test_every_head_survives_its_file_bit_for_bit(head: HeadAsset) -> None:
    data = head_to_bytes(head)
    back = read_head(data)
    assert_identical(head, back)
    assert head_to_bytes(back) == data


def test_path_open_file_and_bytes_hold_the_same(tmp_path: Path) -> None:
    head = small_head()
    path = tmp_path / "a.head"
    write_head(head, path)
    stream = io.BytesIO()
    write_head(head, stream)
    assert path.read_bytes() == stream.getvalue() == head_to_bytes(head)
    assert_identical(read_head(path), read_head(str(path)))


def test_the_file_is_a_plain_zip_that_other_programs_open() -> None:
    head = small_head()
    with zipfile.ZipFile(io.BytesIO(head_to_bytes(head))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(
            ["asset.json", "arrays.safetensors", "maps/skin.albedo.png", "maps/skin.displacement.exr"]
        )
        for entry in archive.infolist():
            assert entry.compress_type == zipfile.ZIP_STORED
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert json.loads(archive.read("asset.json"))["provenance"]["prompt"] == head.provenance.prompt
        arrays = load_safetensors(archive.read("arrays.safetensors"))
        np.testing.assert_array_equal(arrays["parts/skin/positions"], head.parts[0].positions)
        assert archive.read("maps/skin.albedo.png") == head.maps[0].data


def test_the_order_of_dictionaries_does_not_change_the_bytes() -> None:
    head = small_head()
    turned = HeadAsset(
        **{
            **head.__dict__,
            "materials": {name: dict(reversed(list(values.items()))) for name, values in head.materials.items()},
            "landmarks": dict(reversed(list(head.landmarks.items()))),
        }
    )
    assert head_to_bytes(turned) == head_to_bytes(head)


def test_arrays_read_back_can_be_written_to_and_are_aligned() -> None:
    part = read_head(head_to_bytes(small_head())).parts[0]
    for array in (part.positions, part.faces, part.keys["eyeBlinkLeft"].deltas):
        assert array.flags.writeable
        assert array.flags.aligned


def test_a_strided_array_is_written_by_value() -> None:
    head = small_head()
    part = head.parts[0]
    strided = np.asfortranarray(part.positions)
    other = HeadAsset(
        **{**head.__dict__, "parts": (type(part)(**{**part.__dict__, "positions": strided}), *head.parts[1:])}
    )
    assert head_to_bytes(other) == head_to_bytes(head)


def test_an_existing_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.head"
    path.write_bytes(b"old" * 100_000)
    write_head(small_head(), path)
    assert path.read_bytes() == head_to_bytes(small_head())
    assert [found.name for found in tmp_path.iterdir()] == ["a.head"]


def test_a_head_that_breaks_its_promise_is_not_written(tmp_path: Path) -> None:
    head = small_head()
    head.parts[0].positions[0, 0] = np.nan
    with pytest.raises(HeadsmithError, match=r"Test head.*skin: positions.*not finite") as error:
        write_head(head, tmp_path / "a.head")
    assert error.value.code is ErrorCode.BAD_FILE
    assert error.value.remedy
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("path", "cause"),
    [
        ("absent.head", "no such file"),
        (".", "cannot be read|is not a file"),
        ("nul\0byte", "not a usable name"),
    ],
)
def test_a_path_that_is_no_file_is_named(tmp_path: Path, path: str, cause: str) -> None:
    with pytest.raises(HeadsmithError, match=cause) as error:
        read_head(tmp_path / path)
    assert error.value.code is ErrorCode.BAD_FILE
    assert error.value.remedy


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices are POSIX")
def test_a_pipe_or_device_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.head")
    started = time.monotonic()
    for path in (tmp_path / "pipe.head", Path("/dev/zero")):
        with pytest.raises(HeadsmithError, match="is not a file"):
            read_head(path)
    assert time.monotonic() - started < 1


def test_a_large_head_is_written_and_read_quickly(tmp_path: Path) -> None:
    head = large_head()
    path = tmp_path / "large.head"
    writing, reading = [], []  # processor time: a busy machine must not fail this
    for _ in range(5):
        started = time.process_time()
        write_head(head, path)
        written = time.process_time()
        read_head(path)
        writing.append(written - started)
        reading.append(time.process_time() - written)
    assert path.stat().st_size > 20e6
    assert min(writing) < 0.15
    assert min(reading) < 0.15
