"""The container accepts what it wrote and nothing else that calls itself a ZIP."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headsmith_shared import container, limits
from headsmith_shared.errors import ErrorCode, HeadsmithError

entry_names = st.from_regex(r"([a-z]{1,4}/)?[A-Za-z0-9_]{1,6}\.[A-Za-z0-9_]{1,4}", fullmatch=True)
contents = st.dictionaries(entry_names, st.binary(max_size=200), min_size=1, max_size=6).filter(
    lambda entries: len({name.lower() for name in entries}) == len(entries)
)


def packed(entries: dict[str, bytes]) -> bytes:
    return b"".join(container.pack({name: [content] for name, content in entries.items()}))


def zipped(fill: Callable[[zipfile.ZipFile], object], compression: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of duplicate names
        with zipfile.ZipFile(stream, "w", compression) as archive:
            fill(archive)
    return stream.getvalue()


def assert_refused(data: bytes, cause: str | None = None) -> None:
    with pytest.raises(HeadsmithError, match=cause) as error:
        container.unpack(data)
    assert error.value.code in (ErrorCode.BAD_FILE, ErrorCode.TOO_LARGE)


@settings(max_examples=150, deadline=None)
@given(contents)
def test_entries_survive_and_other_programs_read_them(entries: dict[str, bytes]) -> None:
    data = packed(entries)
    assert {name: bytes(view) for name, view in container.unpack(data).items()} == entries
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == entries


@settings(max_examples=100, deadline=None)
@given(contents, st.data())
def test_pieces_make_no_difference(entries: dict[str, bytes], data: st.DataObject) -> None:
    split = {}
    for name, content in entries.items():
        at = data.draw(st.integers(0, len(content)))
        split[name] = [content[:at], memoryview(content)[at:]]
    assert b"".join(container.pack(split)) == packed(entries)


@pytest.mark.parametrize(
    "name",
    ["../a.png", "/a.png", "a/../b.png", "a//b.png", "C:a.png", "a\\b.png", "a.png/", "a b.png", "a", ".a.b", "a.",
     "maps/x/y.png", "maps/.png", "a.png\0", "\u00e4.png", "", "x" * 300 + ".png"],
)  # fmt: skip
def test_an_unsafe_name_is_neither_written_nor_read(name: str) -> None:
    with pytest.raises(HeadsmithError, match="not a name"):
        container.pack({name: [b""]})
    raw = name.encode()
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 0, 0, 33, 0, 0, 0, len(raw), 0) + raw
    central = struct.pack("<4s6H3I5H2I", b"PK\1\2", 788, 20, 0, 0, 0, 33, 0, 0, 0, len(raw), 0, 0, 0, 0,
                          0o100644 << 16, 0) + raw  # fmt: skip
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local), 0)
    assert_refused(local + central + end, "unsafe name")


def test_names_that_differ_in_case_only_are_refused() -> None:
    # They would be one file on Windows and macOS.
    assert_refused(packed({"A.png": b"1", "a.png": b"2"}), "holds a.png twice")


def test_a_compressed_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zipped(lambda archive: archive.writestr("asset.json", bytes(50_000_000)), zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    assert_refused(bomb, "compressed")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_compression_is_refused(method: int) -> None:
    assert_refused(zipped(lambda archive: archive.writestr("a.json", b"x" * 99), method), "compressed")


def test_an_entry_twice_is_refused() -> None:
    def fill(archive: zipfile.ZipFile) -> None:
        archive.writestr("a.json", b"1")
        archive.writestr("a.json", b"2")

    assert_refused(zipped(fill))


def test_a_comment_or_anything_behind_the_end_is_refused() -> None:
    def comment(archive: zipfile.ZipFile) -> None:
        archive.comment = b"hello"

    assert_refused(zipped(comment))
    assert_refused(packed({"a.json": b"1"}) + b"x", "behind its end")
    assert_refused(b"MZ" + packed({"a.json": b"1"}), "not a Headsmith file")


def test_encryption_zip64_and_data_descriptors_are_refused() -> None:
    good = packed({"a.json": b"12"})
    directory = good.index(b"PK\1\2")
    encrypted = bytearray(good)
    encrypted[directory + 8] |= 1
    assert_refused(bytes(encrypted), "encrypted")
    descriptor = bytearray(good)
    descriptor[directory + 8] |= 8
    assert_refused(bytes(descriptor), "damaged header")

    def forced(archive: zipfile.ZipFile) -> None:
        with archive.open(zipfile.ZipInfo("a.json", (1980, 1, 1, 0, 0, 0)), "w", force_zip64=True) as file:
            file.write(b"12")

    assert_refused(zipped(forced))
    for field in (20, 24):  # stored and real size of 0xFFFFFFFF say "see the ZIP64 extra field"
        oversized = bytearray(good)
        oversized[directory + field : directory + field + 4] = b"\xff\xff\xff\xff"
        assert_refused(bytes(oversized))


def test_overlapping_entries_are_refused() -> None:
    """Fifield's bomb: many directory records, one body."""
    good = packed({"a.json": b"12", "b.json": b"34"})
    first, second = (record for record in _records(good))
    pointing = second[:42] + first[42:46] + second[46:]
    data = good.replace(second, pointing)
    assert data != good
    assert_refused(data, "overlapping")


def _records(data: bytes) -> list[bytes]:
    starts = [at for at in range(len(data)) if data[at : at + 4] == b"PK\1\2"]
    end = data.rindex(b"PK\5\6")
    return [data[at:stop] for at, stop in zip(starts, [*starts[1:], end], strict=True)]


def test_too_many_entries_or_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    many = {f"e{number}.json": [b""] for number in range(limits.MAX_ENTRIES + 1)}
    with pytest.raises(HeadsmithError) as error:
        container.pack(many)
    assert error.value.code is ErrorCode.TOO_LARGE
    good = packed({"a.json": b"1"})
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 50)
    with pytest.raises(HeadsmithError) as error:
        container.unpack(good)
    assert error.value.code is ErrorCode.TOO_LARGE
    claims = bytearray(good)
    claims[-12:-8] = struct.pack("<HH", 65535, 65535)[:4]
    monkeypatch.undo()
    assert_refused(bytes(claims))


def test_a_wrong_checksum_is_refused() -> None:
    good = bytearray(packed({"a.json": b"12"}))
    good[good.index(b"12")] ^= 1
    assert_refused(bytes(good), "checksum")


def test_the_checksum_is_that_of_zip() -> None:
    assert struct.pack("<I", zlib.crc32(b"12")) in packed({"a.json": b"12"})
