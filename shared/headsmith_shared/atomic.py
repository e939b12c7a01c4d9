"""Files that are either complete or absent: written beside their place, flushed, then renamed."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import BinaryIO, Final

from headsmith_shared.errors import ErrorCode, HeadsmithError

_FULL: Final = frozenset(getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name))


@contextlib.contextmanager
def replacing(path: Path) -> Generator[Path, None, None]:
    """Give a temporary name beside `path` (same ending); on success flush it and rename it to `path`.

    When the block or the flush fails, nothing is left behind and `path` is as it was. An OSError becomes a
    HeadsmithError: DISK_FULL when there is no room, else BAD_INPUT.
    """
    with _temporary(path) as temporary:
        yield temporary
        _flush(temporary)
        temporary.replace(path)
        _flush_folder(path.parent)


def write_atomically(path: Path, pieces: Iterable[bytes | memoryview]) -> None:
    """Write the pieces to `path`, whole or not at all. Raises HeadsmithError DISK_FULL or BAD_INPUT."""
    with replacing(path) as temporary:
        _write(temporary, pieces)


def write_pieces(pieces: Iterable[bytes | memoryview], target: str | Path | BinaryIO) -> None:
    """Write the pieces to a path (as write_atomically) or into an open binary file."""
    if isinstance(target, str | Path):
        write_atomically(Path(target), pieces)
    else:
        for piece in pieces:
            target.write(piece)


def write_new(path: Path, pieces: Iterable[bytes | memoryview]) -> bool:
    """Like write_atomically, but never over a file: False, and nothing written, when `path` exists.

    Of several programs that write the same path at once, one gets True.
    """
    with _temporary(path) as temporary:
        _write(temporary, pieces)
        _flush(temporary)
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno in _FULL:
                raise
            # A file system without hard links: as good as it gets there.
            if path.exists():
                return False
            temporary.replace(path)
        _flush_folder(path.parent)
        return True


@contextlib.contextmanager
def _temporary(path: Path) -> Generator[Path, None, None]:
    temporary = path.with_name(f".{path.stem[:40]}-{secrets.token_hex(6)}{path.suffix}")
    try:
        yield temporary
    except OSError as error:
        raise write_error(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _write(path: Path, pieces: Iterable[bytes | memoryview]) -> None:
    with path.open("xb") as file:
        for piece in pieces:
            file.write(piece)


def write_error(path: Path, error: OSError) -> HeadsmithError:
    """What went wrong when `path` was written, with its remedy."""
    if error.errno in _FULL:
        return HeadsmithError(
            ErrorCode.DISK_FULL,
            f"{path}: no room left to write it",
            "free some disk space or choose another folder",
        )
    cause = error.strerror or type(error).__name__
    return HeadsmithError(
        ErrorCode.BAD_INPUT,
        f"{path}: cannot be written, {cause.lower()}",
        "choose a folder that exists and that you may write to",
    )


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush_folder(folder: Path) -> None:
    # A rename is only durable once its folder is; Windows cannot open folders and needs no such step.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
