"""The lock that keeps two servers from using one state folder. It ends with its process, however that ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from headsmith_shared.atomic import write_error
from headsmith_shared.errors import ErrorCode, HeadsmithError


class StateLock:
    """Holds `folder`/server.lock from its making to close(). HeadsmithError(BUSY) when another server holds it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "server.lock"
        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise write_error(self._path, error) from None
        try:
            _lock(self._descriptor)
        except OSError:
            os.close(self._descriptor)
            raise HeadsmithError(
                ErrorCode.BUSY,
                f"{folder}: a server already runs there",
                "use it, or stop it with: headsmith stop",
            ) from None

    def close(self) -> None:
        """Gives the folder free."""
        os.close(self._descriptor)


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
