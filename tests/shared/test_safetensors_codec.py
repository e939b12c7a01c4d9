"""Our safetensors codec and the safetensors library read each other's files."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from safetensors.numpy import load, save

from headsmith_shared import limits
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.safetensors_codec import decode, encode
from tests.shared.equality import assert_identical

array_sets = st.dictionaries(
    st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=12).filter(
        lambda name: name != "__metadata__"
    ),
    st.sampled_from((np.float32, np.int32)).flatmap(
        lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5))
    ),
    max_size=5,
)


def encoded(arrays: dict[str, np.ndarray]) -> bytes:
    return b"".join(encode(arrays))


@settings(max_examples=150, deadline=None)
@given(array_sets)
def test_the_library_reads_what_we_write(arrays: dict[str, np.ndarray]) -> None:
    back = load(encoded(arrays))
    assert set(back) == set(arrays)
    for name, array in arrays.items():
        assert (back[name].dtype, back[name].shape) == (array.dtype, array.shape)
        assert back[name].tobytes() == array.tobytes()


@settings(max_examples=150, deadline=None)
@given(array_sets)
def test_we_read_what_the_library_writes(arrays: dict[str, np.ndarray]) -> None:
    assert_identical(arrays, decode(save(arrays, metadata={"format": "np"})))


@settings(max_examples=100, deadline=None)
@given(array_sets)
def test_every_set_of_arrays_survives_and_gives_the_same_bytes_in_any_order(arrays: dict[str, np.ndarray]) -> None:
    data = encoded(arrays)
    assert_identical(arrays, decode(data))
    assert encoded(dict(reversed(arrays.items()))) == data
    assert struct.unpack("<Q", data[:8])[0] % 8 == 0


def test_big_endian_input_is_written_little_endian() -> None:
    swapped = np.arange(3, dtype=">f4")
    assert encoded({"a": swapped}) == encoded({"a": swapped.astype("<f4")})


@pytest.mark.parametrize("dtype", [np.float64, np.uint8, np.int64, np.bool_, np.complex64, "U3", object])
def test_another_dtype_is_refused_with_its_name(dtype: Any) -> None:
    with pytest.raises(HeadsmithError, match="positions: dtype") as error:
        encoded({"positions": np.zeros(3, dtype=dtype)})
    assert error.value.code is ErrorCode.UNSUPPORTED


def crafted(header: Any, body: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + body


def one(**changed: Any) -> dict[str, Any]:
    return {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8], **changed}}


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "shorter than its own header"),
        (crafted({}, length=2**62), "a header of"),
        (crafted({}, length=100), "ends inside its header"),
        (crafted([]), "no JSON object"),
        (crafted(b"{"), "not valid JSON"),
        (crafted(b'{"a":1,"a":1}'), "twice"),
        (crafted({"a": 1}), "object was expected"),
        (crafted(one(dtype="F64"), bytes(8)), "only F32 and I32"),
        (crafted(one(dtype=7), bytes(8)), "must be text"),
        (crafted(one(shape=[-1]), bytes(8)), "impossible shape"),
        (crafted(one(shape=[2**60, 2**60]), bytes(8)), "impossible shape"),
        (crafted(one(shape=[2**20, 2**20, 2**20]), bytes(8)), "its shape needs"),
        (crafted(one(shape=[1] * 9), bytes(8)), "impossible shape|9 items"),
        (crafted(one(shape=[2.0]), bytes(8)), "must hold integers"),
        (crafted(one(shape=[True]), bytes(8)), "must hold integers"),
        (crafted(one(data_offsets=[8, 0]), bytes(8)), "impossible offsets"),
        (crafted(one(data_offsets=[-8, 0]), bytes(8)), "impossible offsets"),
        (crafted(one(data_offsets=[0]), bytes(8)), "impossible offsets"),
        (crafted(one(data_offsets=[0, 12]), bytes(12)), "12 bytes, its shape needs 8"),
        (crafted(one(data_offsets=[4, 12]), bytes(12)), "gap or an overlap"),
        (crafted(one(), bytes(4)), "ends inside a"),
        (crafted(one(), bytes(9)), "belong to no array"),
        (crafted({**one(), "b": one()["a"]}, bytes(8)), "gap or an overlap"),
        (crafted(one(extra=1), bytes(8)), "extra is not known"),
        (
            crafted({str(i): one(shape=[0], data_offsets=[0, 0])["a"] for i in range(limits.MAX_ARRAYS + 1)}),
            "arrays in one",
        ),
    ],
)
def test_a_malformed_file_is_refused(data: bytes, cause: str) -> None:
    with pytest.raises(HeadsmithError, match=cause) as error:
        decode(data)
    assert error.value.code in (ErrorCode.BAD_FILE, ErrorCode.TOO_LARGE)
