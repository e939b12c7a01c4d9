"""`headsmith serve`: a broker in this process, ended by SIGTERM or Ctrl-C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Final

from headsmith_server.broker.config import ServeConfig
from headsmith_server.broker.server import Broker
from headsmith_shared.connection import ConnectionInfo

_FILES: Final = 8192


def _raise_file_limit() -> None:
    """Each connection takes a descriptor; strangers that hold some open must not keep clients out."""
    try:
        import resource
    except ImportError:
        return  # Windows has no such limit
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def serve(config: ServeConfig, on_ready: Callable[[ConnectionInfo], None] | None = None) -> None:
    """Serves until a signal or the idle time ends it. on_ready: called once it listens, with how to reach it.

    HeadsmithError: BUSY (port taken, or a server already runs for this state folder), BAD_USAGE, DISK_FULL.
    """
    _raise_file_limit()
    broker = Broker(config)
    if threading.current_thread() is threading.main_thread():

        def end(number: int, frame: FrameType | None) -> None:
            broker.stop()

        for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), end)
    if on_ready is not None:
        on_ready(broker.connection)
    broker.run()
