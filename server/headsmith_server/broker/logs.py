"""The server's log file: one line an event (executors.logline), rotated."""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
from pathlib import Path
from typing import Final

_MAX_BYTES: Final = 4 * 1024 * 1024
_BACKUPS: Final = 3


def open_log(path: Path, level: str) -> logging.Handler:
    """Directs the "headsmith" loggers to a rotating file; a full disk never stops the server."""
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=_MAX_BYTES, backupCount=_BACKUPS, encoding="utf-8")
    path.chmod(0o600)
    handler.setFormatter(
        logging.Formatter("%(asctime)s.%(msecs)03d %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    )
    handler.handleError = lambda record: None  # type: ignore[method-assign]
    logger = logging.getLogger("headsmith")
    logger.setLevel(level.upper())
    logger.propagate = False
    logger.addHandler(handler)
    return handler


def close_log(handler: logging.Handler) -> None:
    """Undoes open_log."""
    logging.getLogger("headsmith").removeHandler(handler)
    with contextlib.suppress(OSError):  # a full disk keeps its last lines
        handler.close()
