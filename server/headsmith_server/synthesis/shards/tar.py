"""The tar files that shards are: POSIX ustar, every byte given by the names and contents.

Files are owned by nobody, dated 1970 and read-only to others; the names are NUMBER.PART, so that WebDataset groups
them into samples (https://github.com/webdataset/webdataset, "The WebDataset Format"). Reading accepts exactly what
writing makes: links, devices, long names, paths and other dialects have no place in it (POSIX.1-2017, pax,
"ustar Interchange Format").
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from headsmith_server.synthesis.shards.parts import MAX_PART_BYTES, MAX_PARTS, is_part
from headsmith_shared.errors import ErrorCode, HeadsmithError

BLOCK: Final = 512
END: Final = bytes(2 * BLOCK)
_NAME: Final = re.compile(r"(\d{6}|[1-9]\d{6,8})\.([a-z0-9_.]{1,60})")


def key(index: int) -> str:
    """The name of a sample in a shard: its number with at least six digits."""
    return f"{index:06d}"


def sample_pieces(index: int, parts: Mapping[str, bytes]) -> Iterator[bytes]:
    """The bytes of one sample's entries, parts in alphabetical order; END closes the file."""
    for name in sorted(parts):
        content = parts[name]
        yield _header(f"{key(index)}.{name}", len(content))
        yield content
        yield bytes(-len(content) % BLOCK)


@dataclass(frozen=True)
class Entry:
    """Where a part lies in its shard, in bytes."""

    offset: int
    size: int


class ShardReader:
    """Random access to the samples of one shard; the file stays open until close().

    Raises HeadsmithError BAD_FILE or TOO_LARGE, naming the path, when the file is not one that Headsmith wrote:
    its whole table of contents is checked here, the parts when they are read.
    """

    def __init__(self, path: Path, first: int, count: int) -> None:
        self._path = path
        self._file = _open(path)
        try:
            self._entries = self._index(first, count)
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def sample(self, index: int) -> dict[str, bytes]:
        """The encoded parts of sample `index` (counted over all shards) by name."""
        parts = {}
        for name, entry in self._entries[index].items():
            self._file.seek(entry.offset)
            data = self._file.read(entry.size)
            if len(data) != entry.size:
                raise self._bad("was cut short while it was read")
            parts[name] = data
        return parts

    def _index(self, first: int, count: int) -> dict[int, dict[str, Entry]]:
        size = os.fstat(self._file.fileno()).st_size
        entries: dict[int, dict[str, Entry]] = {}
        at, previous = 0, (-1, "")
        while True:
            self._file.seek(at)
            block = self._file.read(BLOCK)
            if block == END[:BLOCK]:
                if self._file.read(BLOCK + 1) != END[BLOCK:]:
                    raise self._bad("has something behind its end")
                break
            name, length = self._entry(block)
            number, _, part = name.partition(".")
            sample = int(number)
            if (sample, part) <= previous:
                raise self._bad("has its entries twice or out of order")
            previous = (sample, part)
            end = at + BLOCK + length + -length % BLOCK
            if end + len(END) > size:
                raise self._bad(f"is cut short inside {name}")
            parts = entries.setdefault(sample, {})
            parts[part] = Entry(at + BLOCK, length)
            if len(parts) > MAX_PARTS:
                raise self._bad(f"has more than {MAX_PARTS} parts for sample {sample}")
            at = end
        if list(entries) != list(range(first, first + count)):
            raise self._bad(f"does not hold the samples {first} to {first + count - 1}")
        return entries

    def _entry(self, block: bytes) -> tuple[str, int]:
        """Name and size; the block must be the very one that would be written for them."""
        if len(block) < BLOCK:
            raise self._bad("is cut short")
        name = block[:100].rstrip(b"\0").decode("ascii", "replace")
        digits = block[124:135]
        match = _NAME.fullmatch(name)
        if match is None or not is_part(match[2]) or not re.fullmatch(rb"[0-7]{11}", digits):
            raise self._bad(f"holds an entry with an unsafe name or size, {name[:60]!r}")
        length = int(digits, 8)
        if length > MAX_PART_BYTES:
            raise HeadsmithError(ErrorCode.TOO_LARGE, f"{self._path}: {name} has {length} bytes")
        if block != _header(name, length):
            raise self._bad(f"holds {name} with a header that Headsmith does not write")
        return name, length

    def _bad(self, cause: str) -> HeadsmithError:
        return HeadsmithError(ErrorCode.BAD_FILE, f"{self._path}: {cause}", "make or fetch this shard again")


def _open(path: Path) -> BinaryIO:
    try:
        # Not blocking: opening a pipe must not wait for its writer before it is refused.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        cause = (error.strerror or type(error).__name__).lower()
        raise HeadsmithError(ErrorCode.BAD_FILE, f"{path}: cannot be read, {cause}", "make it again") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise HeadsmithError(ErrorCode.BAD_FILE, f"{path}: is not a file", "name a folder of shards")
    return os.fdopen(descriptor, "rb")


def _header(name: str, size: int) -> bytes:
    fields = (
        name.encode("ascii").ljust(100, b"\0"),
        b"0000644\0",
        b"0000000\0",  # user
        b"0000000\0",  # group
        b"%011o\0" % size,
        b"%011o\0" % 0,  # date
        b" " * 8,  # checksum, counted as blanks
        b"0".ljust(101, b"\0"),  # a plain file, no link
        b"ustar\x0000".ljust(72, b"\0"),
    )
    block = b"".join(fields).ljust(BLOCK, b"\0")
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]
