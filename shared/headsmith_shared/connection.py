"""Where the server is: the per-user state folder, the connection file, `--server`, and finding or starting a server.

The connection file holds addresses and keys of a running local server and is readable by its user only.
"""

from __future__ import annotations

import json
import os
import re
import socket
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, cast

from headsmith_shared.atomic import write_error
from headsmith_shared.errors import ErrorCode, HeadsmithError

STATE_DIR_VARIABLE: Final = "HEADSMITH_STATE_DIR"
_MAX_FILE_BYTES: Final = 64 * 1024
_ADDRESS: Final = re.compile(r"tcp://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})", re.ASCII)
_KEY_LENGTH: Final = 40  # Z85 text of 32 bytes


@dataclass(frozen=True)
class ConnectionInfo:
    """How to reach a server. control, data: "tcp://host:port" (data may be "": WELCOME tells its port).

    Keys are CURVE keys in Z85 text. epoch, pid, version: of the running server, empty or 0 when only its address
    is known.
    """

    control: str
    server_key: str
    client_public_key: str
    client_secret_key: str
    data: str = ""
    epoch: str = ""
    pid: int = 0
    version: str = ""

    def __repr__(self) -> str:
        return f"ConnectionInfo(control={self.control!r}, server_key={self.server_key!r})"  # no secret in a log

    @property
    def host_and_port(self) -> tuple[str, int]:
        """Of the control socket."""
        return split_address(self.control)


def state_dir() -> Path:
    """The user's folder for keys, connection file, log and store; $HEADSMITH_STATE_DIR overrides the default."""
    override = os.environ.get(STATE_DIR_VARIABLE)
    if override:
        return Path(override)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "Headsmith"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Headsmith"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "headsmith"


def connection_file(directory: Path | None = None) -> Path:
    """The connection file of the server whose state folder is `directory` (the user's by default)."""
    return (directory or state_dir()) / "connection.json"


def keys_file(directory: Path | None = None) -> Path:
    """The key pairs of this user's server and client, kept from run to run."""
    return (directory or state_dir()) / "keys.json"


def write_private(path: Path, content: dict[str, Any]) -> None:
    """Writes JSON that only its owner can read (0600), whole or not at all. HeadsmithError(DISK_FULL, BAD_INPUT)."""
    make_private_folder(path.parent)
    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")  # made 0600
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise write_error(path, error) from None


def make_private_folder(folder: Path) -> None:
    """Makes a folder that only its owner can enter; an existing one stays. HeadsmithError(DISK_FULL, BAD_USAGE)."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        failure = write_error(folder, error)
        if failure.code is ErrorCode.DISK_FULL:
            raise failure from None
        raise HeadsmithError(
            ErrorCode.BAD_USAGE,
            f"{folder}: cannot be made: {error.strerror}",
            f"free the path or set {STATE_DIR_VARIABLE}",
        ) from None


def write_connection(path: Path, info: ConnectionInfo) -> None:
    """Writes a connection file."""
    write_private(path, asdict(info))


def read_connection(path: Path) -> ConnectionInfo:
    """Reads a connection file.

    HeadsmithError: NO_SERVER when there is none, BAD_FILE when it is something else.
    """
    remedy = "start the server with: headsmith serve"
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise HeadsmithError(ErrorCode.NO_SERVER, f"{path}: no such connection file, no server runs", remedy) from None
    except OSError as error:
        raise HeadsmithError(ErrorCode.BAD_FILE, f"{path}: {error.strerror}", remedy) from None
    try:
        content = json.loads(raw) if len(raw) <= _MAX_FILE_BYTES else None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise HeadsmithError(ErrorCode.BAD_FILE, f"{path}: not a connection file", remedy)
    values = cast("dict[str, Any]", content)
    known = {name: values[name] for name in ConnectionInfo.__dataclass_fields__ if name in values}
    texts = [value for name, value in known.items() if name != "pid"]
    if not all(isinstance(text, str) for text in texts) or type(known.get("pid", 0)) is not int:
        raise HeadsmithError(ErrorCode.BAD_FILE, f"{path}: not a connection file", remedy)
    try:
        info = ConnectionInfo(**known)
        check_address(info.control)
        if info.data:
            check_address(info.data)
        for key in (info.server_key, info.client_public_key, info.client_secret_key):
            check_key(key)
    except (TypeError, HeadsmithError):
        raise HeadsmithError(ErrorCode.BAD_FILE, f"{path}: not a connection file", remedy) from None
    return info


def parse_server(text: str, server_key: str = "", directory: Path | None = None) -> ConnectionInfo:
    """What `--server` and `--server-key` mean: a connection file, or "[tcp://]host:port" and the server's public key.

    With an address the client's own key pair is this user's (keys.json, made when there is none); the server must
    know its public half.
    """
    address = text if text.startswith("tcp://") else f"tcp://{text}"
    if not server_key and (Path(text).exists() or _ADDRESS.fullmatch(address) is None):
        return read_connection(Path(text))
    if not server_key:
        raise HeadsmithError(
            ErrorCode.BAD_USAGE,
            f"--server {text}: an address needs the server's public key",
            "add --server-key KEY, or give the connection file",
        )
    check_address(address)
    check_key(server_key)
    public, secret = client_keys(directory)
    return ConnectionInfo(address, server_key, public, secret)


def client_keys(directory: Path | None = None) -> tuple[str, str]:
    """This user's client key pair (public, secret), made at the first call."""
    return load_keys(directory)["client"]


def load_keys(directory: Path | None = None) -> dict[str, tuple[str, str]]:
    """The key pairs {"server", "client"} -> (public, secret) of this state folder, made at the first call."""
    import zmq  # only here: reading a connection file needs no zmq

    path = keys_file(directory)
    try:
        content = json.loads(path.read_bytes())
        kept = {name: (content[name]["public"], content[name]["secret"]) for name in ("server", "client")}
        for key in (*kept["server"], *kept["client"]):
            check_key(key)
        return kept
    except FileNotFoundError:
        pass
    except (OSError, ValueError, TypeError, KeyError, RecursionError, HeadsmithError):
        raise HeadsmithError(
            ErrorCode.BAD_FILE, f"{path}: not a key file", "delete it; new keys are made at the next start"
        ) from None
    pairs: dict[str, tuple[str, str]] = {}
    for name in ("server", "client"):
        public, secret = zmq.curve_keypair()
        pairs[name] = (public.decode("ascii"), secret.decode("ascii"))
    write_private(path, {name: {"public": public, "secret": secret} for name, (public, secret) in pairs.items()})
    return pairs


def check_address(address: str) -> None:
    """HeadsmithError(BAD_USAGE) unless "tcp://host:port"."""
    match = _ADDRESS.fullmatch(address)
    if match is None or not 0 < int(match[2]) < 65536:
        raise HeadsmithError(ErrorCode.BAD_USAGE, f"{address[:200]}: not an address", "write it as tcp://host:port")


def split_address(address: str) -> tuple[str, int]:
    """("host", port) of "tcp://host:port"; an IPv6 host without its brackets."""
    check_address(address)
    host, _, port = address.removeprefix("tcp://").rpartition(":")
    return host.strip("[]"), int(port)


def check_key(key: str) -> None:
    """HeadsmithError(BAD_USAGE) unless 40 characters of Z85."""
    if len(key) != _KEY_LENGTH or not key.isascii() or not key.isprintable() or " " in key:
        raise HeadsmithError(
            ErrorCode.BAD_USAGE,
            "the server key is not a key of 40 characters",
            "copy it from the server's connection file",
        )


def something_listens(info: ConnectionInfo, timeout: float = 1.0) -> bool:
    """True when the control port takes a TCP connection; who is behind it only a HELLO can tell."""
    try:
        with socket.create_connection(info.host_and_port, timeout=timeout):
            return True
    except OSError:
        return False


def process_alive(pid: int) -> bool:
    """True when a process of that id exists (it may be another one by now)."""
    if pid <= 0:
        return False
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32  # os.kill(pid, 0) would end the process on Windows
        handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
        if not handle:
            return False
        code = ctypes.c_ulong()
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        kernel.CloseHandle(handle)
        return code.value == 259  # STILL_ACTIVE
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def find_local_server(directory: Path | None = None) -> ConnectionInfo | None:
    """The user's running server, or None. Stale files of a server that died are not believed."""
    try:
        info = read_connection(connection_file(directory))
    except HeadsmithError:
        return None
    if info.pid and not process_alive(info.pid):
        return None
    return info if something_listens(info) else None


# ------------------------------------------------------------------------------------------ the recorded server command


def server_command_file(directory: Path | None = None) -> Path:
    """Where the command that starts this user's server is recorded."""
    return (directory or state_dir()) / "server_command.json"


def record_server_command(command: Sequence[str], directory: Path | None = None) -> Path:
    """Keeps the command that starts the server, for Blender's Start button and the command line; returns its file."""
    path = server_command_file(directory)
    write_private(path, {"command": list(command)})
    return path


def recorded_server_command(directory: Path | None = None) -> list[str] | None:
    """The recorded command, or None when there is none. HeadsmithError(BAD_FILE) when the file is something else."""
    path = server_command_file(directory)
    try:
        content = json.loads(path.read_bytes()[: _MAX_FILE_BYTES + 1])
        command = content["command"]
        if (
            not isinstance(command, list)
            or not command
            or not all(isinstance(part, str) for part in cast("list[object]", command))
        ):
            raise TypeError
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        raise HeadsmithError(
            ErrorCode.BAD_FILE,
            f"{path}: not a server command",
            "run scripts/run.py once; it records the command",
        ) from None
    return cast("list[str]", command)
