"""Shards are plain tar files, the same everywhere; other tar files are not read."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headsmith_server.synthesis.shards.tar import BLOCK, END, ShardReader, sample_pieces
from headsmith_shared.errors import ErrorCode, HeadsmithError

PARTS = {"image.png": b"p" * 700, "meta.json": b"{}", "caption.txt": b""}


def shard(*samples: tuple[int, dict[str, bytes]]) -> bytes:
    return b"".join(piece for index, parts in samples for piece in sample_pieces(index, parts)) + END


def read(path: Path, data: bytes, first: int = 5, count: int = 2) -> dict[int, dict[str, bytes]]:
    path.write_bytes(data)
    reader = ShardReader(path, first, count)
    try:
        return {index: reader.sample(index) for index in range(first, first + count)}
    finally:
        reader.close()


GOOD = shard((5, PARTS), (6, PARTS))


def test_samples_come_back(tmp_path: Path) -> None:
    assert read(tmp_path / "s.tar", GOOD) == {5: PARTS, 6: PARTS}


def test_another_reader_and_writer_agree_byte_for_byte() -> None:
    """tarfile reads the same entries, and writes the same bytes for the same entries (but for its long padding)."""
    written = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(GOOD)) as theirs, tarfile.open(
        fileobj=written, mode="w", format=tarfile.USTAR_FORMAT
    ) as again:  # fmt: skip
        for info in theirs:
            content = theirs.extractfile(info)
            assert content is not None
            index, _, part = info.name.partition(".")
            assert content.read() == PARTS[part]
            assert (info.mtime, info.uid, info.gid, info.mode, info.isreg()) == (0, 0, 0, 0o644, True)
            assert index in ("000005", "000006")
            fresh = tarfile.TarInfo(info.name)
            fresh.size = info.size
            again.addfile(fresh, io.BytesIO(PARTS[part]))
    assert written.getvalue()[: len(GOOD)] == GOOD


def test_numbers_beyond_six_digits(tmp_path: Path) -> None:
    assert read(tmp_path / "s.tar", shard((999_999, PARTS), (1_000_000, PARTS)), 999_999) == {
        999_999: PARTS, 1_000_000: PARTS,
    }  # fmt: skip


def foreign(name: str = "000005.image.png", change: Callable[[tarfile.TarInfo], None] = lambda info: None) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = 4
    change(info)
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.GNU_FORMAT) as file:
        file.addfile(info, io.BytesIO(b"abcd"))
    return data.getvalue()[:1024] + END


def link(info: tarfile.TarInfo) -> None:
    info.type, info.linkname, info.size = tarfile.SYMTYPE, "/etc/passwd", 0


def owned(info: tarfile.TarInfo) -> None:
    info.uid = 1000


HOSTILE = {
    "a path upwards": foreign("../000005.image.png"),
    "an absolute path": foreign("/000005.image.png"),
    "a folder": foreign("000005/image.png"),
    "a link": foreign(change=link),
    "a device": foreign(change=lambda info: setattr(info, "type", tarfile.CHRTYPE)),
    "another owner": foreign(change=owned),
    "GNU's dialect": foreign(),
    "a pickle": foreign("000005.model.pkl"),
    "a sample too many": shard((5, PARTS), (6, PARTS), (7, PARTS)),
    "a sample too few": shard((5, PARTS)),
    "other samples": shard((6, PARTS), (7, PARTS)),
    "samples out of order": shard((6, PARTS), (5, PARTS)),
    "a part twice": shard((5, PARTS), (5, PARTS), (6, PARTS)),
    "no end": GOOD[: -len(END)],
    "half an end": GOOD[:-BLOCK],
    "junk behind the end": GOOD + b"x",
    "a second archive behind the end": GOOD + GOOD,
    "nothing": b"",
    "too many parts": shard((5, {f"p{number}.txt": b"" for number in range(65)}), (6, PARTS)),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_headsmith_does_not_write_is_not_read(what: str, tmp_path: Path) -> None:
    with pytest.raises(HeadsmithError) as caught:
        read(tmp_path / "s.tar", HOSTILE[what])
    assert caught.value.code is ErrorCode.BAD_FILE
    assert str(tmp_path / "s.tar") in caught.value.message


def test_an_entry_larger_than_any_part_is_too_large(tmp_path: Path) -> None:
    data = bytearray(GOOD)
    data[124:135] = b"77777777777"
    data[148:154] = b"%06o" % (sum(data[:148]) + 8 * 32 + sum(data[156:512]))
    with pytest.raises(HeadsmithError) as caught:
        read(tmp_path / "s.tar", bytes(data))
    assert caught.value.code is ErrorCode.TOO_LARGE


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    for end in range(0, len(GOOD), 509):
        with pytest.raises(HeadsmithError):
            read(tmp_path / "s.tar", GOOD[:end])


@settings(max_examples=300, deadline=None)
@given(at=st.integers(0, len(GOOD) - 1), value=st.integers(1, 255))
def test_a_changed_header_is_refused(tmp_path_factory: pytest.TempPathFactory, at: int, value: int) -> None:
    data = bytearray(GOOD)
    data[at] ^= value
    path = tmp_path_factory.getbasetemp() / "changed.tar"
    try:
        found = read(path, bytes(data))
    except HeadsmithError:
        return
    # Contents are the manifest's checksum's business; padding carries nothing. Names and sizes are as they were.
    assert {index: {name: len(body) for name, body in parts.items()} for index, parts in found.items()} == {
        index: {name: len(body) for name, body in PARTS.items()} for index in (5, 6)
    }


def test_folders_and_pipes_are_no_shards(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "absent"):
        with pytest.raises(HeadsmithError) as caught:
            ShardReader(path, 0, 1)
        assert caught.value.code is ErrorCode.BAD_FILE
