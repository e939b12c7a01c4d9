"""The process that holds bpy: `python -m headsmith_server.export.child WORKSPACE EXTENSION`.

It reads one JSON request a line on standard input and answers each with one line on standard output:
`{"ok": true, "seconds": s, "result": {...}}` or `{"ok": false, "error": {"code", "message", "remedy"}}`.
The first answer comes unasked, when the extension is enabled. Whatever Blender prints goes to standard
error. When the input ends, because the parent closed it or died, the child ends too, also in the middle of
a render.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from headsmith_server.export.mount import mount_extension
from headsmith_shared.errors import ErrorCode, HeadsmithError

Request = dict[str, Any]

_LOW_SPACE: Final = 16 * 1024 * 1024


class Session:
    """One head in one scene. Each public method is a request of the same name; its keywords are the
    request's."""

    def __init__(self, api: ModuleType) -> None:
        self._api = api
        self._head_id = ""
        self._pack = True

    def build(self, head: str, textures: str | None) -> dict[str, object]:
        """Read a .head file and build it; textures: the folder for the maps, None packs them."""
        self._pack = textures is None
        folder = None if textures is None else Path(textures)
        built = self._api.load_head(Path(head), pack=self._pack, texture_dir=folder)
        self._head_id = built.head_id
        return {"head_id": built.head_id, "object": built.object_name, "build_ms": built.milliseconds}

    def portrait(
        self, view: str, engine: str, size: list[int], samples: int, expression: dict[str, float]
    ) -> dict[str, object]:
        """Set camera, lights, engine and the face's expression (ARKit weights)."""
        self._api.set_expression(self._head_id, expression)
        width, height = size
        camera = self._api.portrait(self._head_id, view=view, engine=engine, size=(width, height), samples=samples)
        return {"camera": camera}

    def blend(self, path: str) -> dict[str, object]:
        """Save the scene."""
        self._api.save_blend(Path(path), pack=self._pack)
        return {}

    def glb(self, path: str) -> dict[str, object]:
        """Export glTF, binary."""
        self._api.export_glb(Path(path), head_id=self._head_id)
        return {}

    def fbx(self, path: str) -> dict[str, object]:
        """Export FBX."""
        self._api.export_fbx(Path(path), head_id=self._head_id)
        return {}

    def usd(self, path: str) -> dict[str, object]:
        """Export USD."""
        self._api.export_usd(Path(path), head_id=self._head_id)
        return {}

    def render(self, path: str) -> dict[str, object]:
        """Render the portrait to a PNG."""
        self._api.render(Path(path))
        return {}


def main(workspace: Path, extension: Path) -> int:
    """Serve requests until the input ends; returns the exit status."""
    # Blender prints to descriptor 1, also from C: answers get a descriptor of their own.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
    staged: set[Path] = set()
    threading.Thread(target=_read, args=(requests, workspace, staged), daemon=True).start()

    session: Session | None = None

    def start() -> dict[str, object]:
        nonlocal session
        api = mount_extension(extension, workspace)
        session = Session(api)
        bpy = sys.modules["bpy"]
        return {"blender": bpy.app.version_string, "python": ".".join(map(str, sys.version_info[:3]))}

    _answer(answers, start)
    if session is None:
        return 1
    while (request := requests.get()) is not None:
        action = getattr(session, str(request.pop("do")))
        staged.update(Path(request[key]).parent for key in ("path", "textures") if request.get(key))
        _answer(answers, lambda call=action, keywords=request: call(**keywords), staged)
    return 0


def _read(requests: queue.SimpleQueue[Request | None], workspace: Path, staged: set[Path]) -> None:
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "quit":
            requests.put(None)
            return
        requests.put(request)
    # The parent is gone. Nobody else can end a render or tidy up, so it happens here, in this thread.
    for folder in (workspace, *staged):
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def _answer(answers: Any, action: Callable[[], dict[str, object]], staged: set[Path] | None = None) -> None:
    started = time.perf_counter()
    try:
        reply: dict[str, object] = {"ok": True, "result": action()}
    except HeadsmithError as error:
        reply = {"ok": False, "error": _error(error)}
    except Exception as error:
        traceback.print_exc()
        reply = {"ok": False, "error": _error(_unforeseen(error, staged or set()))}
    reply["seconds"] = time.perf_counter() - started
    answers.write(json.dumps(reply) + "\n")
    answers.flush()


def _unforeseen(error: Exception, staged: set[Path]) -> HeadsmithError:
    # Blender reports a full disk as a RuntimeError with changing words; the disk itself tells it reliably.
    for folder in staged:
        if folder.is_dir() and shutil.disk_usage(folder).free < _LOW_SPACE:
            return HeadsmithError(
                ErrorCode.DISK_FULL,
                f"{folder.parent}: no room left to write there",
                "free some disk space or choose another folder",
            )
    first = (str(error).strip().splitlines() or [""])[0]
    return HeadsmithError(
        ErrorCode.JOB_FAILED,
        f"Blender: {type(error).__name__}: {first}",
        "run again with --debug and report the log",
    )


def _error(error: HeadsmithError) -> dict[str, str]:
    return {"code": error.code.value, "message": error.message, "remedy": error.remedy}


if __name__ == "__main__":
    status = main(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.flush()
    sys.stderr.flush()
    # Some bpy builds crash while Python shuts down; everything is written by now.
    os._exit(status)
