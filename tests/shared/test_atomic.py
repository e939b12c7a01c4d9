"""A file is complete or absent, whatever goes wrong while it is written."""

from __future__ import annotations

import errno
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from headsmith_shared import atomic
from headsmith_shared.atomic import replacing, write_atomically, write_new
from headsmith_shared.errors import ErrorCode, HeadsmithError


def failing(number: int) -> Iterator[bytes]:
    yield b"half"
    raise OSError(number, os.strerror(number))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
@pytest.mark.parametrize("write", [write_atomically, write_new])
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, number: int, write: object) -> None:
    path = tmp_path / "a.head"
    with pytest.raises(HeadsmithError, match=r"a\.head: no room left") as error:
        write(path, failing(number))  # type: ignore[operator]
    assert error.value.code is ErrorCode.DISK_FULL
    assert error.value.remedy
    assert not list(tmp_path.iterdir())


def test_a_full_disk_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.head"
    path.write_bytes(b"old")
    with pytest.raises(HeadsmithError):
        write_atomically(path, failing(errno.ENOSPC))
    assert path.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.head"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_really_full_device_is_told_as_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, pieces: object) -> None:
        with Path("/dev/full").open("wb", buffering=0) as file:
            file.write(b"x")

    monkeypatch.setattr(atomic, "_write", full)
    with pytest.raises(HeadsmithError) as error:
        write_atomically(tmp_path / "a.head", [b"x"])
    assert error.value.code is ErrorCode.DISK_FULL
    assert not list(tmp_path.iterdir())


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path) -> None:
    def interrupted() -> None:
        with replacing(tmp_path / "a.blend") as temporary:
            temporary.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not list(tmp_path.iterdir())


def test_a_block_that_writes_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(HeadsmithError, match="cannot be written"), replacing(tmp_path / "a.blend"):
        pass
    assert not list(tmp_path.iterdir())


def test_the_temporary_name_keeps_the_ending(tmp_path: Path) -> None:
    with replacing(tmp_path / ("x" * 200 + ".blend")) as temporary:
        assert temporary.suffix == ".blend"
        assert temporary.parent == tmp_path
        temporary.write_bytes(b"1")


@pytest.mark.parametrize("place", ["absent/a.head", "file/a.head"])
def test_a_folder_that_is_not_there_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(HeadsmithError, match="cannot be written") as error:
        write_atomically(tmp_path / place, [b"x"])
    assert error.value.code is ErrorCode.BAD_INPUT
    assert error.value.code.exit_code == 2


def test_a_new_file_never_replaces_another(tmp_path: Path) -> None:
    path = tmp_path / "a.head"
    assert write_new(path, [b"first"])
    assert not write_new(path, [b"second"])
    assert path.read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["a.head"]


def test_of_many_writers_exactly_one_wins(tmp_path: Path) -> None:
    path = tmp_path / "a.head"
    won: list[int] = []
    start = threading.Barrier(8)

    def write(number: int) -> None:
        start.wait()
        if write_new(path, [str(number).encode() * 1000]):
            won.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert path.read_bytes() == str(won[0]).encode() * 1000
    assert [path.name for path in tmp_path.iterdir()] == ["a.head"]


@pytest.mark.skipif(sys.platform == "win32", reason="links are the rule there too")
def test_without_hard_links_it_still_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: object, target: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    assert write_new(tmp_path / "a.head", [b"1"])
    assert not write_new(tmp_path / "a.head", [b"2"])
    assert [path.name for path in tmp_path.iterdir()] == ["a.head"]
