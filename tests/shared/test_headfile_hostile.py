"""Whatever the bytes, reading gives a valid head or one named error: never another exception, never half a
head."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headsmith_shared import container, limits, safetensors_codec
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.headfile import head_to_bytes, read_head
from headsmith_shared.validation import validate
from tests.shared.equality import value_or_error
from tests.shared.head_fixtures import exr, png, small_head

SMALL = head_to_bytes(small_head())
OTHER = head_to_bytes(small_head("Another", 9))
ENTRIES = {name: bytes(content) for name, content in container.unpack(SMALL).items()}
DOCUMENT: dict[str, Any] = json.loads(ENTRIES["asset.json"])
ARRAYS = safetensors_codec.decode(ENTRIES["arrays.safetensors"])
NAMED = (ErrorCode.BAD_FILE, ErrorCode.TOO_LARGE)


def packed(**changed: bytes | None) -> bytes:
    """The small head with entries replaced, added or (None) left out; checksums are right again."""
    entries = {**ENTRIES, **changed}
    return b"".join(container.pack({name: [content] for name, content in entries.items() if content is not None}))


def with_document(change: Callable[[dict[str, Any]], object]) -> bytes:
    """The small head with its asset.json changed in place."""
    document = json.loads(ENTRIES["asset.json"])
    change(document)
    return packed(**{"asset.json": json.dumps(document).encode()})


def with_array(name: str, change: Callable[[np.ndarray], np.ndarray | None]) -> bytes:
    """The small head with one array changed (in place, or by what is returned)."""
    arrays = {key: value.copy() for key, value in ARRAYS.items()}
    result = change(arrays[name])
    if result is not None:
        arrays[name] = result
    return packed(**{"arrays.safetensors": b"".join(safetensors_codec.encode(arrays))})


def assert_refused(data: bytes, cause: str) -> None:
    """One named error that tells file, cause and remedy."""
    with pytest.raises(HeadsmithError, match=cause) as error:
        read_head(data)
    assert error.value.code in NAMED
    assert error.value.message.startswith("head: ")
    assert error.value.remedy
    assert "\n" not in str(error.value)


def assert_harmless(data: bytes) -> None:
    """A valid head or a named error."""
    head = value_or_error(lambda: read_head(data))
    if isinstance(head, HeadsmithError):
        assert head.code in NAMED
        assert head.remedy
    else:
        validate(head)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(SMALL) * 8 - 1))
def test_a_flipped_bit_is_always_noticed(bit: int) -> None:
    data = bytearray(SMALL)
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(HeadsmithError) as error:
        read_head(bytes(data))
    assert error.value.code in NAMED


def test_every_truncation_is_noticed() -> None:
    for length in range(0, len(SMALL), 7):
        with pytest.raises(HeadsmithError) as error:
            read_head(SMALL[:length])
        assert error.value.code in NAMED


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(SMALL)), st.integers(0, len(OTHER)), st.integers(0, len(SMALL)), st.binary(max_size=40))
def test_spliced_files_are_harmless(first: int, second: int, third: int, noise: bytes) -> None:
    assert_harmless(SMALL[:first] + noise + OTHER[second:])
    assert_harmless(SMALL[:first] + noise + SMALL[third:])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_noise_is_refused(noise: bytes) -> None:
    for data in (noise, b"PK\x03\x04" + noise, b"PK\x05\x06" + noise):
        with pytest.raises(HeadsmithError):
            read_head(data)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_damage_behind_a_right_checksum_is_harmless(data: st.DataObject) -> None:
    """Bytes of an entry changed by somebody who mended the checksum: the decoders stand alone now."""
    name = data.draw(st.sampled_from(sorted(ENTRIES)))
    content = bytearray(ENTRIES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        kind = data.draw(st.sampled_from(("set", "cut", "insert")))
        if kind == "set":
            content[at] = data.draw(st.integers(0, 255))
        elif kind == "cut" and len(content) > 4:
            del content[at : at + data.draw(st.integers(1, 30))]
        else:
            content[at:at] = data.draw(st.binary(min_size=1, max_size=8))
        if not content:
            break
    assert_harmless(packed(**{name: bytes(content)}))


odd_values = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=10),
    st.lists(st.integers(), max_size=3), st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.data(), odd_values)
def test_a_wrongly_typed_value_anywhere_in_the_document_is_harmless(data: st.DataObject, value: Any) -> None:
    document = json.loads(ENTRIES["asset.json"])
    place: Any = document
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
            place = place[key]
            continue
        if data.draw(st.booleans()):
            place[key] = value
        else:
            del place[key]
        break
    assert_harmless(packed(**{"asset.json": json.dumps(document).encode()}))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_array_of_any_shape_in_any_place_is_harmless(data: st.DataObject) -> None:
    arrays = dict(ARRAYS)
    name = data.draw(st.sampled_from(sorted(arrays)))
    shape = tuple(data.draw(st.lists(st.integers(0, 6), max_size=4)))
    dtype = data.draw(st.sampled_from((np.float32, np.int32)))
    fill = data.draw(st.integers(-3, 200))
    arrays[name] = np.full(shape, fill, dtype=dtype)
    assert_harmless(packed(**{"arrays.safetensors": b"".join(safetensors_codec.encode(arrays))}))


def set_last(array: np.ndarray, value: float) -> None:
    array.reshape(-1)[-1] = value


VERTICES = len(ARRAYS["parts/skin/positions"])


@pytest.mark.parametrize(
    ("name", "change", "cause"),
    [
        ("parts/skin/positions", lambda a: set_last(a, np.nan), "positions holds a number that is not finite"),
        ("parts/skin/positions", lambda a: set_last(a, np.inf), "not finite"),
        ("parts/skin/positions", lambda a: set_last(a, 1e30), "beyond 100"),
        ("parts/skin/positions", lambda a: a[:, :2], "shape"),
        ("parts/skin/positions", lambda a: a.astype(np.int32), "must be float32"),
        ("parts/skin/positions", lambda a: a[:-1], "weights for|point outside"),
        ("parts/skin/faces", lambda a: a.__setitem__((0, 0), VERTICES), "faces point outside"),
        ("parts/skin/faces", lambda a: a.__setitem__((0, 1), -1), "faces point outside"),
        ("parts/skin/faces", lambda a: a.__setitem__((0, 3), -2), "faces point outside"),
        ("parts/skin/faces", lambda a: a.__setitem__((0, 3), -1), "disagree on which are triangles"),
        ("parts/skin/faces", lambda a: a.__setitem__((0, 0), a[0, 1]), "names one vertex twice"),
        ("parts/skin/faces", lambda a: a[:-1], "uv_faces for"),
        ("parts/skin/faces", lambda a: a.astype(np.float32), "must be int32"),
        ("parts/skin/uv_faces", lambda a: a.__setitem__((0, 0), 10_000), "uv_faces point outside"),
        ("parts/skin/uvs", lambda a: set_last(a, 1.5), "outside 0..1"),
        ("parts/skin/weights", lambda a: set_last(a, 0.9), "sum to 1"),
        ("parts/skin/weights", lambda a: a - 1, "positive"),
        ("parts/skin/weights", lambda a: a[:, :3], "shape"),
        ("parts/skin/key_indices", lambda a: set_last(a, VERTICES), "point outside"),
        ("parts/skin/key_indices", lambda a: a[::-1], "strictly increasing"),
        ("parts/skin/key_indices", lambda a: set_last(a, -1), "point outside"),
        ("parts/skin/key_deltas", lambda a: set_last(a, np.nan), "not finite"),
        ("parts/skin/key_counts", lambda a: set_last(a, 2**31 - 1), "add up"),
        ("parts/skin/key_counts", lambda a: set_last(a, -1), "add up"),
        ("parts/skin/key_counts", lambda a: a[:-1], "disagree"),
        ("strands/lashes/counts", lambda a: set_last(a, 7), "add up"),
        ("strands/lashes/radii", lambda a: set_last(a, -1), "negative"),
        ("strands/lashes/root_uvs", lambda a: set_last(a, 1.5), "root_uvs lie outside 0..1"),
        ("strands/lashes/root_uvs", lambda a: set_last(a, np.nan), "not finite"),
        ("strands/lashes/root_uvs", lambda a: a[:1], "1 rows of root_uvs for 2 strands"),
        ("strands/lashes/root_uvs", lambda a: a[:, :1], "shape"),
        ("strands/lashes/shade", lambda a: set_last(a, -0.5), "shade lie outside 0..1"),
        ("strands/lashes/shade", lambda a: a[:1], "1 rows of shade for 2 strands"),
        ("strands/lashes/shade", lambda a: a.astype(np.int32), "must be float32"),
        ("landmarks/multi_pie_68", lambda a: set_last(a, np.nan), "not finite"),
    ],
)  # fmt: skip
def test_an_array_that_breaks_a_promise_is_refused(name: str, change: Any, cause: str) -> None:
    assert_refused(with_array(name, change), cause)


def nest(document: dict[str, Any]) -> None:
    inner: dict[str, Any] = {}
    document["provenance"]["options"] = inner
    for _ in range(limits.MAX_JSON_DEPTH):
        inner["a"] = {}
        inner = inner["a"]


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda d: d.update(format="zip"), "is 'zip', not 'headsmith-head'"),
        (lambda d: d.update(version=3), "format version 3; this Headsmith reads 1 and 2"),
        (lambda d: d.update(version=0), "format version 0"),
        (lambda d: d.update(version=1), "must hold text"),
        (lambda d: d["strands"][0].update(name="../lashes"), "holds no array"),
        (lambda d: d["strands"][0].update(material="../hair"), "material name .* not safe"),
        (lambda d: d["strands"][0].update(colour="red"), "colour is not known"),
        (lambda d: d["strands"].append(d["strands"][0]), "holds no array"),
        (lambda d: d.update(strands=[{}] * 100), "100 items"),
        (lambda d: d.update(extra=1), "extra is not known"),
        (lambda d: d.pop("joints"), "joints is missing"),
        (lambda d: d.update(name="a/b"), "without slashes"),
        (lambda d: d.update(name="a\nb"), "printable"),
        (lambda d: d.update(name="x" * 10_000), "longer"),
        (lambda d: d["parts"].append(d["parts"][0]), "holds no array"),
        (lambda d: d["parts"][0].update(name="../skin"), "holds no array"),
        (lambda d: d["parts"].pop(), "which the asset does not name"),
        (lambda d: d["parts"].clear(), "without parts|does not name"),
        (lambda d: d["parts"][0]["keys"].__setitem__(0, "../evil"), "not safe"),
        (lambda d: d["parts"][0]["keys"].__setitem__(0, d["parts"][0]["keys"][1]), "disagree"),
        (lambda d: d.update(parts=[{}] * 100), "100 items"),
        (lambda d: d["joints"][1].update(parent="jaw"), "earlier joint"),
        (lambda d: d["joints"][1].update(name="neck"), "occurs twice"),
        (lambda d: d["joints"][0].update(head=[0, 0]), "3 numbers"),
        (lambda d: d["joints"][0].update(head=[0, 0, 1e9]), "finite points"),
        (lambda d: d["maps"][0].update(material="../skin"), "does not hold it"),
        (lambda d: d["maps"][0].update(channel="heat"), "must be one of"),
        (lambda d: d["maps"][0].update(width=9), "8 x 4"),
        (lambda d: d["maps"][0].update(width=-8), "pixels"),
        (lambda d: d["maps"][0].update(width=10**9), "pixels"),
        (lambda d: d["maps"][0].update(media_type="image/svg"), "must be one of"),
        (lambda d: d["maps"][0].update(colour_space="linear"), "colour space"),
        (lambda d: d["maps"].append(d["maps"][0]), "does not hold it"),
        (lambda d: d["materials"].update({"a b": {}}), "not safe"),
        (lambda d: d["materials"]["skin"].update(x="1"), "must be a number"),
        (lambda d: d["provenance"].update(seed="7"), "must be an integer"),
        (lambda d: d["provenance"].update(seed=True), "must be an integer"),
        (lambda d: d["provenance"].update(checkpoints={"a": "b"}), "sha256"),
        (lambda d: d["provenance"].update(prompt="x" * 200_000), "longer"),
        (lambda d: d["provenance"].update(licences=[1]), "must hold text"),
        (nest, "nested too deeply"),
    ],
)
def test_a_document_that_breaks_a_promise_is_refused(change: Any, cause: str) -> None:
    assert_refused(with_document(change), cause)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "nested too deeply"),
        (b"", "not valid JSON"),
        (b"[]", "object was expected"),
        (b'{"format":"headsmith-head","format":"x"}', "twice"),
        (b'{"format":NaN}', "NaN is not allowed"),
        (b'{"format":-Infinity}', "not allowed"),
        (b'{"format":1e999}', "beyond"),
        (b'{"format":' + b"9" * 10_000 + b"}", "beyond"),
        (b'{"format":"\xff"}', "not valid JSON"),
        (b'{"format":"\\ud800"}', "not valid Unicode"),
        (b" " * (limits.MAX_JSON_BYTES + 1), "bytes of JSON"),
    ],
)
def test_json_bombs_are_refused(text: bytes, cause: str) -> None:
    assert_refused(packed(**{"asset.json": text}), cause)


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("maps/skin.albedo.png", png(9, 4), "9 x 4"),
        ("maps/skin.albedo.png", exr(8, 4), "image/x-exr 8 x 4"),
        ("maps/skin.albedo.png", png(8, 4)[:-6], "cut short"),
        ("maps/skin.albedo.png", png(8, 4) + b"tail", "cut short"),
        ("maps/skin.albedo.png", b"GIF89a" + bytes(40), "neither PNG nor OpenEXR"),
        ("maps/skin.albedo.png", b"", "neither PNG nor OpenEXR"),
        ("maps/skin.albedo.png", None, "does not hold it"),
        ("maps/skin.extra.png", png(8, 4), "does not name"),
        ("notes/readme.txt", b"hello", "does not name"),
        ("asset.json", None, "holds no asset.json"),
        ("arrays.safetensors", None, "holds no arrays.safetensors"),
        ("arrays.safetensors", struct.pack("<Q", 2**63), "header of"),
        ("arrays.safetensors", b"\0", "shorter than its own header"),
    ],
)
def test_a_wrong_entry_is_refused(name: str, content: bytes | None, cause: str) -> None:
    assert_refused(packed(**{name: content}), cause)
