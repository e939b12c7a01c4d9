"""A take survives its file; a broken one is refused by name."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headsmith_shared import container
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.headfile import read_head
from headsmith_shared.take import Take, TakeTrack, validate_take
from headsmith_shared.takefile import read_take, take_to_bytes, write_take
from tests.shared.equality import assert_identical, value_or_error
from tests.shared.strategies import takes


def track(frames: int = 3) -> TakeTrack:
    return TakeTrack(
        weights=np.zeros((frames, 52), dtype=np.float32),
        rotation=np.tile(np.array([1, 0, 0, 0], dtype=np.float32), (frames, 1)),
        translation=np.zeros((frames, 3), dtype=np.float32),
        gaze=np.zeros((frames, 2, 2), dtype=np.float32),
        confidence=np.ones(frames, dtype=np.float32),
    )


TAKE = Take("walk", 30.0, track(), track(), "one-euro", "clip.mp4", "tracker 1")
DATA = take_to_bytes(TAKE)


@settings(max_examples=60, deadline=None)
@given(takes())
def test_every_take_survives_its_file_bit_for_bit(take: Take) -> None:
    data = take_to_bytes(take)
    back = read_take(data)
    assert_identical(dataclasses.replace(take, fps=float(take.fps)), back)
    assert take_to_bytes(back) == data


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(DATA) * 8 - 1))
def test_a_flipped_bit_is_noticed(bit: int) -> None:
    data = bytearray(DATA)
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(HeadsmithError) as error:
        read_take(bytes(data))
    assert error.value.code in (ErrorCode.BAD_FILE, ErrorCode.TOO_LARGE)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damage_behind_a_right_checksum_is_harmless(data: st.DataObject) -> None:
    entries = {name: bytes(content) for name, content in container.unpack(DATA).items()}
    name = data.draw(st.sampled_from(sorted(entries)))
    content = bytearray(entries[name])
    # Most of the arrays are zeros that any byte may replace: aim at the header.
    at = data.draw(st.integers(0, min(len(content), 900) - 1))
    content[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
    changed = {**{key: [value] for key, value in entries.items()}, name: [bytes(content)]}
    take = value_or_error(lambda: read_take(b"".join(container.pack(changed))))
    if isinstance(take, HeadsmithError):
        assert take.code in (ErrorCode.BAD_FILE, ErrorCode.TOO_LARGE)
        assert take.remedy
    else:
        validate_take(take)


def test_a_file_on_disk(tmp_path: Path) -> None:
    write_take(TAKE, tmp_path / "a.take")
    assert_identical(TAKE, read_take(tmp_path / "a.take"))


def test_a_take_is_no_head_and_says_so() -> None:
    with pytest.raises(HeadsmithError, match=r"asset\.json"):
        read_head(DATA)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"fps": 0.0}, "fps"),
        ({"fps": float("nan")}, "fps"),
        ({"fps": 1e9}, "fps"),
        ({"name": ""}, "name"),
        ({"source": "x" * 1000}, "source is longer"),
        ({"filter": ""}, "filter"),
        ({"filtered": None}, "filter"),
        ({"filtered": track(2)}, "2 filtered frames for 3"),
        ({"raw": dataclasses.replace(track(), confidence=np.ones(2, np.float32))}, "different numbers"),
        ({"raw": dataclasses.replace(track(), confidence=np.full(3, -1, np.float32))}, "0..1"),
        ({"raw": dataclasses.replace(track(), rotation=np.ones((3, 4), np.float32))}, "unit length"),
        ({"raw": dataclasses.replace(track(), weights=np.zeros((3, 51), np.float32))}, "shape"),
        ({"raw": dataclasses.replace(track(), weights=np.zeros((3, 52)))}, "must be float32"),
        ({"raw": dataclasses.replace(track(), gaze=np.full((3, 2, 2), np.nan, np.float32))}, "not finite"),
    ],
)
def test_a_take_that_breaks_its_promise_is_refused(change: dict[str, Any], cause: str) -> None:
    with pytest.raises(HeadsmithError, match=cause):
        take_to_bytes(dataclasses.replace(TAKE, **change))


def test_an_unknown_version_is_told() -> None:
    entries = {name: bytes(content) for name, content in container.unpack(DATA).items()}
    document = json.loads(entries["take.json"]) | {"version": 9}
    entries["take.json"] = json.dumps(document).encode()
    with pytest.raises(HeadsmithError, match="format version 9"):
        read_take(b"".join(container.pack({name: [content] for name, content in entries.items()})))
