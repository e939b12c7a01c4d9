"""Disk space, the server with its files and ports, the Blender side."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import tempfile
import tomllib
from pathlib import Path
from typing import Final

from headsmith_server.doctor.check import Check, Verdict, probe
from headsmith_server.export.mount import find_extension
from headsmith_server.export.system_libraries import missing_library_remedy
from headsmith_shared.connection import (
    connection_file,
    find_local_server,
    process_alive,
    read_connection,
    state_dir,
)
from headsmith_shared.errors import HeadsmithError

_LEAST_BYTES: Final = 300 * 1024**2
_GOOD_BYTES: Final = 3 * 1024**3
_BPY: Final = "import bpy, json; print(); print(json.dumps(bpy.app.version_string), flush=True); import os; os._exit(0)"


def disk() -> list[Check]:
    """Room where the server keeps its store and where temporary files go."""
    folders = {"state folder": state_dir(), "temporary folder": Path(tempfile.gettempdir())}
    return [_room(name, folder) for name, folder in folders.items()]


def _room(name: str, folder: Path) -> Check:
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        free = shutil.disk_usage(there).free
    except OSError as error:
        return Check(name, Verdict.FAILED, f"{folder}: {error.strerror}", "check the folder's permissions")
    found = f"{folder}: {free / 1e9:.1f} GB free"
    if not there.is_dir() or not os.access(there, os.W_OK):
        return Check(name, Verdict.FAILED, f"{folder}: cannot be written", "change its permissions or owner")
    if free < _LEAST_BYTES:
        return Check(name, Verdict.FAILED, found, "free at least 300 MB there")
    if free < _GOOD_BYTES:
        return Check(name, Verdict.WARNING, found, "a few dozen heads will fill it")
    return Check(name, Verdict.OK, found)


def server() -> Check:
    """Whether the local server runs and answers with the keys of its connection file."""
    name, path = "server", connection_file()
    if not path.exists():
        return Check(name, Verdict.OK, "not running; it starts when it is needed")
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Check(name, Verdict.FAILED, f"{path}: other users can read the keys", f"chmod 600 '{path}'")
    try:
        info = read_connection(path)
    except HeadsmithError as error:
        return Check(name, Verdict.FAILED, error.message, f"delete '{path}' and start the server again")
    running = find_local_server()
    if running is None:
        alive = process_alive(info.pid)
        cause = "nothing listens on its port" if alive else "its process is gone"
        return Check(
            name,
            Verdict.WARNING,
            f"not running, though {path} is there: {cause}",
            "nothing to do, the next start replaces it; else: headsmith stop",
        )
    try:
        from headsmith_shared.client import status

        state = status(running).server
    except HeadsmithError as error:
        return Check(
            name,
            Verdict.FAILED,
            f"{running.control}: {error.message}",
            error.remedy or "headsmith stop, then headsmith serve",
        )
    found = f"{state.version} at {running.control}, worker {state.worker} on {state.device or 'no device yet'}"
    if state.worker == "failed":
        return Check(name, Verdict.FAILED, found, f"read the log in {state_dir()}, then: headsmith stop")
    return Check(name, Verdict.OK, found)


def port() -> Check:
    """Whether a server could listen: it needs two TCP ports on the loopback address."""
    running = find_local_server()
    if running is not None:
        return Check("port", Verdict.OK, f"the server listens at {running.control}")
    try:
        with socket.socket() as control, socket.socket() as data:
            for listener in (control, data):
                listener.bind(("127.0.0.1", 0))
                listener.listen(1)
    except OSError as error:
        return Check(
            "port",
            Verdict.FAILED,
            f"no TCP port can be opened on 127.0.0.1: {error.strerror or error}",
            "let Python listen on 127.0.0.1: check firewall, container and sandbox settings",
        )
    return Check("port", Verdict.OK, "two TCP ports on 127.0.0.1 are free for the server")


def bpy() -> Check:
    """Blender's module, needed for .blend files and pictures (not for .head files)."""
    result = probe(_BPY)
    if result.value is not None:
        return Check("bpy", Verdict.OK, f"Blender {result.value}")
    if "No module named 'bpy'" in result.error:
        return Check(
            "bpy",
            Verdict.FAILED,
            "not installed: no .blend, GLB or pictures",
            "pip install 'headsmith[blender]' with Python 3.11",
        )
    remedy = missing_library_remedy(result.error) or "pip install --force-reinstall bpy==5.0.1"
    return Check("bpy", Verdict.FAILED, result.error, remedy)


def extension() -> Check:
    """The Blender extension's folder: manifest readable and complete."""
    try:
        folder = find_extension()
        manifest = tomllib.loads((folder / "blender_manifest.toml").read_text(encoding="utf-8"))
        missing = [key for key in ("schema_version", "id", "version", "blender_version_min") if key not in manifest]
        missing += [f"{name}.py" for name in ("__init__", "api") if not (folder / f"{name}.py").is_file()]
    except HeadsmithError as error:
        return Check("extension", Verdict.FAILED, error.message, error.remedy)
    except (OSError, tomllib.TOMLDecodeError) as error:
        return Check("extension", Verdict.FAILED, f"manifest: {error}", "restore blender_addon/ from the repository")
    if missing:
        return Check(
            "extension",
            Verdict.FAILED,
            f"{folder}: without {', '.join(missing)}",
            "restore blender_addon/ from the repository",
        )
    return Check("extension", Verdict.OK, f"{manifest['id']} {manifest['version']} in {folder}")
