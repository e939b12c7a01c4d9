"""The box around heads and takes: a ZIP whose every byte follows from the names and contents of its entries.

Entries are stored, sorted and dated 1980-01-01, so equal contents give equal files and any unzip tool opens
them. Reading accepts exactly what writing makes: with no freedom left in the headers there are no bombs, no
overlaps, no hidden entries and no second meaning for another reader (APPNOTE.TXT 6.3.10, sections 4.3.7,
4.3.12, 4.3.16).
"""

from __future__ import annotations

import os
import re
import stat
import struct
import zlib
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from headsmith_shared import limits, strict_json
from headsmith_shared.errors import ErrorCode, HeadsmithError

Piece = bytes | memoryview

_NAME: Final = re.compile(r"(?:[a-z]+/)?[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)+")
_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
_DATE: Final = 0x0021  # 1980-01-01, the earliest a ZIP can say
_VERSION: Final = 20
_UNIX_FILE: Final = (3 << 8) | _VERSION, 0o100644 << 16


def pack(entries: Mapping[str, Sequence[Piece]]) -> list[Piece]:
    """The pieces of a container with those entries; every entry is given as pieces, so that nothing is
    joined."""
    pieces: list[Piece] = []
    central: list[bytes] = []
    offset = 0
    for name in sorted(entries):
        if not _NAME.fullmatch(name) or len(name) > limits.MAX_ENTRY_NAME:
            raise HeadsmithError(ErrorCode.BAD_INPUT, f"{name[:60]!r} is not a name for an entry")
        content = entries[name]
        size, crc = sum(map(len, content)), 0
        for piece in content:
            crc = zlib.crc32(piece, crc)
        header = _local_header(name, size, crc)
        pieces += [header, *content]
        central.append(_central_header(name, size, crc, offset))
        offset += len(header) + size
    directory = b"".join(central)
    if len(entries) > limits.MAX_ENTRIES or offset + len(directory) + _END.size > limits.MAX_FILE_BYTES:
        raise HeadsmithError(ErrorCode.TOO_LARGE, f"{len(entries)} entries with {offset} bytes are too much for a file")
    return [*pieces, directory, _end(len(central), len(directory), offset)]


def unpack(data: bytes) -> dict[str, memoryview]:
    """The entries of a container, as views into `data`. Raises HeadsmithError BAD_FILE or TOO_LARGE."""
    if len(data) > limits.MAX_FILE_BYTES:
        raise HeadsmithError(ErrorCode.TOO_LARGE, f"{len(data)} bytes, {limits.MAX_FILE_BYTES} at most")
    if not data.startswith(b"PK\x03\x04"):
        raise _bad("is not a Headsmith file")
    if len(data) < _END.size or data[-_END.size : -_END.size + 4] != b"PK\x05\x06":
        raise _bad("is cut short or has something behind its end")
    _, _, _, _, count, directory_size, directory_at, _ = _END.unpack(data[-_END.size :])
    if count > limits.MAX_ENTRIES:
        raise HeadsmithError(ErrorCode.TOO_LARGE, f"{count} entries, {limits.MAX_ENTRIES} at most")
    if directory_at + directory_size + _END.size != len(data):
        raise _bad("has a damaged directory")
    if data[-_END.size :] != _end(count, directory_size, directory_at):
        raise _bad("has a damaged end record")

    view = memoryview(data)
    entries: dict[str, memoryview] = {}
    folded: set[str] = set()
    at, entry_at = directory_at, 0
    previous = ""
    for _ in range(count):
        name, size, crc = _read_central(data, at, len(data) - _END.size)
        if not _NAME.fullmatch(name):
            raise _bad(f"holds an entry with an unsafe name, {name[:60]!r}")
        if name.lower() in folded:
            raise _bad(f"holds {name} twice")
        if name <= previous:
            raise _bad("holds its entries out of order")
        central = _central_header(name, size, crc, entry_at)
        local = _local_header(name, size, crc)
        begin = entry_at + len(local)
        if data[at : at + len(central)] != central or data[entry_at:begin] != local:
            raise _bad(f"holds {name} compressed, encrypted, overlapping or with a damaged header")
        if begin + size > directory_at:
            raise _bad(f"ends inside {name}")
        content = view[begin : begin + size]
        if zlib.crc32(content) != crc:
            raise _bad(f"holds {name} damaged (checksum)")
        entries[name] = content
        folded.add(name.lower())
        at, entry_at, previous = at + len(central), begin + size, name
    if at != len(data) - _END.size or entry_at != directory_at:
        raise _bad("has bytes that belong to no entry")
    return entries


def read_bytes(path: Path, most: int = limits.MAX_FILE_BYTES) -> bytes:
    """The content of a regular file of at most `most` bytes.

    Raises HeadsmithError BAD_FILE (absent, unreadable, a folder, a device) or TOO_LARGE, before reading.
    """
    try:
        # Not blocking: opening a pipe must not wait for its writer before it is refused.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise HeadsmithError(ErrorCode.BAD_FILE, f"{path}: is not a file", "name a file")
            if status.st_size > most:
                raise HeadsmithError(
                    ErrorCode.TOO_LARGE,
                    f"{path}: {status.st_size} bytes, {most} at most",
                    "is it the right file?",
                )
            return file.read(most + 1)
    except (OSError, ValueError) as error:
        cause = (error.strerror if isinstance(error, OSError) else None) or "not a usable name"
        raise HeadsmithError(
            ErrorCode.BAD_FILE,
            f"{path}: cannot be read, {cause.lower()}",
            "check the path and its permissions",
        ) from error


@contextmanager
def naming(label: str, remedy: str) -> Generator[None, None, None]:
    """Put the file's name in front of every HeadsmithError of the block, and a remedy behind those without
    one."""
    try:
        yield
    except HeadsmithError as error:
        raise HeadsmithError(error.code, f"{label}: {error.message}", error.remedy or remedy) from error


def open_document(data: memoryview, what: str, kind: str, *versions: int) -> tuple[strict_json.Fields, int]:
    """The top object of a document and its version, one of `versions`; another version is told as BAD_FILE."""
    if len(data) > limits.MAX_JSON_BYTES:
        raise HeadsmithError(ErrorCode.TOO_LARGE, f"{what}: {len(data)} bytes of JSON")
    fields = strict_json.Fields(strict_json.loads(bytes(data), what), what)
    found, found_version = fields.text("format", 40), fields.integer("version")
    if found != kind:
        raise HeadsmithError(ErrorCode.BAD_FILE, f"is {found!r}, not {kind!r}")
    if found_version not in versions:
        readable = " and ".join(map(str, versions))
        raise HeadsmithError(
            ErrorCode.BAD_FILE,
            f"has format version {found_version}; this Headsmith reads {readable}",
            "use the Headsmith version that made it, or make it again",
        )
    return fields, found_version


def _read_central(data: bytes, at: int, end: int) -> tuple[str, int, int]:
    if at + _CENTRAL.size > end or data[at : at + 4] != b"PK\x01\x02":
        raise _bad("has a damaged directory")
    fields = _CENTRAL.unpack_from(data, at)
    flags, method, crc, stored, size, name_length = (
        fields[3],
        fields[4],
        fields[7],
        fields[8],
        fields[9],
        fields[10],
    )
    name = data[at + _CENTRAL.size : at + _CENTRAL.size + name_length].decode("ascii", "replace")
    if flags & 1:
        raise _bad(f"holds {name[:60]!r} encrypted")
    if method != 0 or stored != size:
        raise _bad(f"holds {name[:60]!r} compressed; entries are stored as they are")
    if at + _CENTRAL.size + name_length > end or name_length > limits.MAX_ENTRY_NAME:
        raise _bad("holds an entry with an unsafe name")
    return name, size, crc


def _local_header(name: str, size: int, crc: int) -> bytes:
    raw = name.encode("ascii", "replace")
    return _LOCAL.pack(b"PK\x03\x04", _VERSION, 0, 0, 0, _DATE, crc, size, size, len(raw), 0) + raw


def _central_header(name: str, size: int, crc: int, offset: int) -> bytes:
    raw = name.encode("ascii", "replace")
    made_by, attributes = _UNIX_FILE
    return (
        _CENTRAL.pack(
            b"PK\x01\x02",
            made_by,
            _VERSION,
            0,
            0,
            0,
            _DATE,
            crc,
            size,
            size,
            len(raw),
            0,
            0,
            0,
            0,
            attributes,
            offset,
        )
        + raw
    )


def _end(count: int, directory_size: int, directory_at: int) -> bytes:
    return _END.pack(b"PK\x05\x06", 0, 0, count, count, directory_size, directory_at, 0)


def _bad(cause: str) -> HeadsmithError:
    return HeadsmithError(ErrorCode.BAD_FILE, cause, "make or download the file again")
