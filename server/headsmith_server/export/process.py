"""ExportChild: the parent's side of the process that holds bpy. The server itself never imports bpy."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from headsmith_server.export.mount import find_extension
from headsmith_server.export.request import ExportReport, ExportRequest
from headsmith_shared.atomic import write_error
from headsmith_shared.errors import ErrorCode, HeadsmithError

START_TIMEOUT: Final = 60.0
TIMEOUTS: Final = {
    "build": 120.0,
    "portrait": 30.0,
    "blend": 180.0,
    "glb": 180.0,
    "fbx": 180.0,
    "usd": 180.0,
    "render": 1200.0,
}
_LOG_TAIL: Final = 4000
_QUIT_TIMEOUT: Final = 3.0


class ExportChild:
    """A process with bpy and the enabled extension, for one head. Use it as a context manager.

    Entering returns at once; the process starts meanwhile (about 1.5 s), so enter it before the head is
    ready. Leaving ends the process, whatever it is doing, and removes everything unfinished.
    Entering raises HeadsmithError: DISK_FULL or BAD_INPUT (temporary folder), WORKER_DIED (no process),
    MISSING_DEPENDENCY (no extension).
    """

    def __init__(self, extension: Path | None = None, python: str = sys.executable) -> None:
        self._extension = extension
        self._python = python
        self._answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._process: subprocess.Popen[str] | None = None
        self._started: dict[str, Any] | None = None

    def __enter__(self) -> ExportChild:
        extension = self._extension or find_extension()
        with contextlib.ExitStack() as undo:
            try:
                self._workspace = Path(tempfile.mkdtemp(prefix="headsmith-export-"))
                undo.callback(shutil.rmtree, self._workspace, ignore_errors=True)
                self._log = tempfile.TemporaryFile()  # closed in __exit__
                undo.callback(self._log.close)
            except OSError as error:
                # tempdir stays None where a full disk left no usable folder at all; the error lists them then.
                raise write_error(Path(tempfile.tempdir or "temporary folder"), error) from error
            # Blender makes a temporary folder of its own, which a killed process could not remove.
            private = dict.fromkeys(("BLENDER_USER_RESOURCES", "TMPDIR", "TEMP", "TMP"), str(self._workspace))
            environment = os.environ | private | {"PYTHONUNBUFFERED": "1"}
            try:
                self._process = subprocess.Popen(
                    [self._python, "-m", "headsmith_server.export.child", str(self._workspace), str(extension)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._log,
                    text=True,
                    encoding="utf-8",
                    env=environment,
                    # Ctrl-C in a terminal goes to the parent alone, which ends the child in order.
                    start_new_session=os.name == "posix",
                )
            except OSError as error:
                raise HeadsmithError(
                    ErrorCode.WORKER_DIED,
                    f"Blender: its process cannot be started ({self._python}: {error.strerror})",
                    "try again; run `headsmith doctor` when it happens again",
                ) from error
            undo.pop_all()
        threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._process
        if process is None:
            return
        with contextlib.suppress(OSError, ValueError):
            if error is None and self._started is not None and process.stdin is not None:
                process.stdin.write('{"do": "quit"}\n')
                process.stdin.flush()
                process.wait(_QUIT_TIMEOUT)
        self._kill()
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(OSError, ValueError):
                if stream is not None:
                    stream.close()
        self._log.close()
        self._process = None
        shutil.rmtree(self._workspace, ignore_errors=True)

    @property
    def pid(self) -> int:
        """The process number, for tests and logs."""
        if self._process is None:
            raise RuntimeError("the export child is not running")
        return self._process.pid

    def ready(self, timeout: float = START_TIMEOUT) -> dict[str, str]:
        """Wait until the extension is enabled; returns versions. Raises HeadsmithError as `export` does."""
        if self._started is None:
            self._started = self._answer("start", timeout)
        return dict(self._started["result"])

    def export(self, head: Path, request: ExportRequest, on_step: Callable[[str], None] | None = None) -> ExportReport:
        """Build the head in a .head file and make the wanted files; each appears complete or not at all.

        on_step hears "blender", "build" and each file's kind before it begins.
        Raises HeadsmithError: MISSING_DEPENDENCY (no bpy, a system library), BAD_FILE, DISK_FULL, BAD_INPUT
        (cannot be written), WORKER_DIED (crash), JOB_FAILED (time-out or an error inside Blender).
        """
        say = on_step or (lambda _: None)
        # A folder that cannot be written must show before Blender works for it.
        with contextlib.ExitStack() as stack:
            staging = {
                folder: stack.enter_context(_staging(folder))
                for folder in dict.fromkeys(path.parent for path in request.files.values())
            }
            say("blender")
            versions = self.ready()
            assert self._started is not None
            seconds = {"start": float(self._started["seconds"])}
            files: dict[str, Path] = {}

            blend = request.files.get("blend")
            textures = None
            if blend is not None and not request.pack:
                textures = staging[blend.parent] / f"{blend.stem}_textures"
                textures.mkdir()
            say("build")
            seconds["build"] = self._ask(
                "build", head=str(head.resolve()), textures=None if textures is None else str(textures)
            )
            shot = request.portrait
            seconds["portrait"] = self._ask(
                "portrait",
                view=shot.view,
                engine=shot.engine,
                size=list(shot.size),
                samples=shot.samples,
                expression=dict(shot.expression),
            )
            for kind, path in request.files.items():
                say(kind)
                staged = staging[path.parent] / path.name
                seconds[kind] = self._ask(kind, path=str(staged))
                if kind == "blend" and textures is not None:
                    files["textures"] = _move(textures, path.parent / textures.name)
                files[kind] = _move(staged, path)
            return ExportReport(files, seconds, versions)

    def _ask(self, action: str, **keywords: object) -> float:
        process = self._process
        if process is None or process.stdin is None:
            raise RuntimeError("the export child is not running")
        with contextlib.suppress(OSError):  # a dead child shows itself where its answer is missing
            process.stdin.write(json.dumps({"do": action, **keywords}) + "\n")
            process.stdin.flush()
        return float(self._answer(action, TIMEOUTS[action])["seconds"])

    def _answer(self, action: str, timeout: float) -> dict[str, Any]:
        try:
            line = self._answers.get(timeout=timeout)
        except queue.Empty:
            self._kill()
            raise HeadsmithError(
                ErrorCode.JOB_FAILED,
                f"Blender: {action} took longer than {timeout:.0f} s",
                "try a smaller texture size or fewer samples",
            ) from None
        if line is None:
            raise self._died(action)
        reply: dict[str, Any] = json.loads(line)
        if not reply["ok"]:
            error = reply["error"]
            failure = HeadsmithError(ErrorCode(error["code"]), error["message"], error["remedy"])
            failure.add_note(self._log_tail())  # shown with a traceback, that is by --debug
            raise failure
        return reply

    def _died(self, action: str) -> HeadsmithError:
        assert self._process is not None
        status = self._process.wait()
        cause = f"exit status {status}"
        if status < 0:
            cause = signal.Signals(-status).name
        lines = self._log_tail().splitlines()
        last = f", last said: {lines[-1].strip()[:200]}" if lines else ""
        return HeadsmithError(
            ErrorCode.WORKER_DIED,
            f"Blender: ended during {action} ({cause}{last})",
            "try again; run `headsmith doctor` when it happens again",
        )

    def _log_tail(self) -> str:
        size = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, size - _LOG_TAIL))
        lines = self._log.read().decode("utf-8", "replace").splitlines()
        return "\n".join(line for line in lines if line.strip())

    def _listen(self, stream: Any) -> None:
        with contextlib.suppress(ValueError, OSError):
            for line in stream:
                self._answers.put(line)
        self._answers.put(None)

    def _kill(self) -> None:
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.kill()
        process.wait()


@contextlib.contextmanager
def _staging(folder: Path) -> Generator[Path, None, None]:
    try:
        staging = Path(tempfile.mkdtemp(prefix=".headsmith-", dir=folder))
    except OSError as error:
        raise write_error(folder, error) from error
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _move(staged: Path, path: Path) -> Path:
    """Rename to the wanted name; when that fails, what was there before is there again."""
    old: Path | None = None
    try:
        if staged.is_dir() and path.exists():
            # A folder cannot be replaced in one step: the old one makes room and goes with the staging
            # folder.
            old = path.rename(staged.parent / f"old-{time.monotonic_ns()}")
        elif path.suffix == ".blend" and path.exists():
            # Somebody may have worked in it: kept under the name that Blender gives to the save before the last.
            old = path.replace(path.with_suffix(".blend1"))
        staged.replace(path)
    except OSError as error:
        if old is not None:
            with contextlib.suppress(OSError):
                old.replace(path)
        raise write_error(path, error) from error
    return path
