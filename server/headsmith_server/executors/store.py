"""The content store: blobs as files named by their sha256, in a folder of their own.

Workers add, the broker reads and removes. A blob appears whole or not at all. No path is ever made from a client's
text: a name is 64 hex digits or it is refused.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO

from headsmith_shared.atomic import write_error
from headsmith_shared.connection import make_private_folder
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.protocol.ids import SHA256_PATTERN


class ContentStore:
    """Blobs in `folder`, which is made when it is not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        make_private_folder(folder)

    def path(self, hash_: str) -> Path:
        """Where the blob is or would be; HeadsmithError(BAD_MESSAGE) when the name is no sha256."""
        if SHA256_PATTERN.fullmatch(hash_) is None:
            raise HeadsmithError(ErrorCode.BAD_MESSAGE, "not a sha256 in hex")
        return self.folder / hash_[:2] / hash_

    def add(self, data: bytes) -> str:
        """Keeps the bytes and gives their sha256. HeadsmithError(DISK_FULL) leaves nothing behind."""
        hash_ = hashlib.sha256(data).hexdigest()
        path = self.path(hash_)
        if path.exists():
            return hash_
        temporary = ""
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=self.folder, suffix=".part")
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(temporary).replace(path)
        except OSError as error:
            if temporary:
                Path(temporary).unlink(missing_ok=True)
            raise write_error(self.folder, error) from None
        return hash_

    def open(self, hash_: str) -> BinaryIO | None:
        """The blob for reading, or None."""
        try:
            return self.path(hash_).open("rb")
        except OSError:
            return None

    def remove(self, hash_: str) -> None:
        """Drops a blob; fine when it is not there."""
        self.path(hash_).unlink(missing_ok=True)

    def sweep(self, known: Collection[str]) -> None:
        """Drops what a worker that was killed left: half-written files, and blobs that nobody was told of."""
        for path in list(self.folder.rglob("*")):
            if path.is_file() and path.name not in known:
                path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Drops everything."""
        shutil.rmtree(self.folder, ignore_errors=True)
