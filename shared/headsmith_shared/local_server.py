"""Starting and stopping this user's server as a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Final
from weakref import WeakValueDictionary

from headsmith_shared.atomic import write_error
from headsmith_shared.connection import (
    STATE_DIR_VARIABLE,
    ConnectionInfo,
    connection_file,
    find_local_server,
    make_private_folder,
    process_alive,
    read_connection,
    recorded_server_command,
    state_dir,
)
from headsmith_shared.errors import ErrorCode, HeadsmithError

_POLL_S: Final = 0.03
_LAUNCH_LOG: Final = "launch.log"
_OTHER_READY_S: Final = 3.0
_ENDED_S: Final = 2.0
_LEAST_BYTES: Final = 4 * 1024**2  # with less the server cannot even write its keys and its log
_waiters: Final[WeakValueDictionary[int, threading.Thread]] = WeakValueDictionary()  # by the process they wait for


def start_local_server(
    command: Sequence[str] | None = None,
    timeout: float = 30.0,
    directory: Path | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ConnectionInfo:
    """The user's server: the running one, else started by `command` (the recorded one when None).

    Waits until its connection file is there and its port answers. The server outlives this process; what it prints
    before it is ready goes to launch.log in the state folder. HeadsmithError: NO_SERVER when no command is known,
    when the server ends at once (with its last line) or is not ready within `timeout` seconds (it is ended then);
    DISK_FULL when the state folder has no room; CANCELLED.
    """
    folder = directory or state_dir()
    running = find_local_server(folder)
    if running is not None:
        return running
    words = list(command) if command is not None else recorded_server_command(folder)
    if not words:
        raise HeadsmithError(
            ErrorCode.NO_SERVER,
            "no server runs and no command to start one is recorded",
            "run once: python3 scripts/run.py, or start it by: headsmith serve",
        )
    make_private_folder(folder)
    log_path = folder / _LAUNCH_LOG
    try:
        log = log_path.open("wb")
    except OSError as error:
        raise write_error(log_path, error) from None
    with log:
        try:
            process = _spawn(words, folder, log)
        except OSError as error:
            raise HeadsmithError(
                ErrorCode.NO_SERVER,
                f"{words[0]}: the server cannot be started: {error.strerror}",
                "run scripts/run.py once; it sets up and records the server's command",
            ) from None
    # The waiter reaps the server whenever it ends: no zombie, whatever happens to the caller.
    waiter = threading.Thread(target=process.wait, name="headsmith-server-waiter", daemon=True)
    waiter.start()
    _waiters[process.pid] = waiter
    ended: float | None = None
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline and not cancelled():
        info = _ready(folder)
        if info is not None:
            return info
        if process.poll() is not None:
            running = find_local_server(folder)  # another caller was faster and holds the lock
            if running is not None:
                return running
            ended = ended or time.monotonic()
            # The lock's holder is ready soon; when nobody is, the cause was another one, say a taken port.
            if not _another_starts(process.returncode) or time.monotonic() - ended > _OTHER_READY_S:
                raise _ended_at_once(log_path)
        time.sleep(_POLL_S)
    if process.poll() is None:
        process.terminate()
        waiter.join(_ENDED_S)
    if cancelled():
        raise HeadsmithError(ErrorCode.CANCELLED, "starting the server was cancelled")
    if ended is not None:
        raise _ended_at_once(log_path)
    raise HeadsmithError(ErrorCode.NO_SERVER, f"the server was not ready within {timeout:g} s", f"read {log_path}")


def stop_local_server(directory: Path | None = None, timeout: float = 10.0) -> bool:
    """Asks the user's server to end and waits for it. False when none runs.

    HeadsmithError(BUSY) when it still runs after `timeout` seconds.
    """
    info = find_local_server(directory)
    if info is None or not info.pid:
        return False
    try:
        os.kill(info.pid, signal.SIGTERM)
    except ProcessLookupError:
        return False
    except PermissionError:
        raise HeadsmithError(
            ErrorCode.REFUSED,
            f"the server (process {info.pid}) belongs to another user",
            "stop it as that user",
        ) from None
    path = connection_file(directory)
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        gone = not path.exists() and find_local_server(directory) is None and _lock_is_free(path.parent)
        if gone or not process_alive(info.pid):
            waiter = _waiters.get(info.pid)
            if waiter is not None:  # started here: gone and reaped before this returns
                waiter.join(max(0.0, deadline - time.monotonic()))
                if waiter.is_alive():
                    break
            if sys.platform == "win32":
                path.unlink(missing_ok=True)  # ended without a chance to tidy up
            return True
        time.sleep(_POLL_S)
    raise HeadsmithError(
        ErrorCode.BUSY,
        f"the server (process {info.pid}) still runs after {timeout:g} s",
        "end that process by hand",
    )


def _lock_is_free(folder: Path) -> bool:
    """Whether no server holds the folder: the lock is the last that a server gives up, so the next may start."""
    try:
        import fcntl
    except ImportError:  # Windows: the process is looked at instead
        return True
    try:
        with (folder / "server.lock").open("rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _spawn(words: list[str], folder: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
    environment = {**os.environ, STATE_DIR_VARIABLE: str(folder)}
    # A Blender or virtual environment that starts the server must not leak its modules into the server's Python.
    for name in ("PYTHONHOME", "PYTHONPATH"):
        environment.pop(name, None)
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        return subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment,
            creationflags=flags,
        )
    return subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,  # Ctrl-C in the caller's terminal is not for the server
    )


def _ready(folder: Path) -> ConnectionInfo | None:
    try:
        info = read_connection(connection_file(folder))
    except HeadsmithError:
        return None
    return find_local_server(folder) if process_alive(info.pid) else None


def _another_starts(returncode: int | None) -> bool:
    """The server's exit code when another server holds the lock (ErrorCode.BUSY), though not only then."""
    return returncode == ErrorCode.BUSY.exit_code


def _ended_at_once(log_path: Path) -> HeadsmithError:
    """Why the server ended, by its last line; a full disk leaves none."""
    try:
        lines = log_path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        full = not lines and shutil.disk_usage(log_path.parent).free < _LEAST_BYTES
    except OSError:
        lines, full = [], False
    if full:
        return HeadsmithError(
            ErrorCode.DISK_FULL,
            f"{log_path.parent}: no room left to start the server",
            f"free some disk space or set {STATE_DIR_VARIABLE}",
        )
    cause = lines[-1][:300] if lines else "it printed nothing"
    return HeadsmithError(ErrorCode.NO_SERVER, f"the server ended at once: {cause}", f"read {log_path}")
