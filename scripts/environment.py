"""The project's virtual environment: made on the first call, reused after. Standard library only.

uv is used when it is on the PATH, else venv and pip. torch comes first and alone, because on Linux an
unconstrained resolver takes its newest CUDA build: from PIP_FIND_LINKS when that is set (uv does not read it by
itself), else by uv's choice of back end for this machine, else plain.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "headsmith-environment.json"
TORCH = "torch>=2.6,<2.14"
SUPPORTED = ((3, 11), (3, 12))
BPY_PYTHON = (3, 11)
"""The one Python that has a bpy wheel among the supported."""


class SetupError(Exception):
    """The environment cannot be made; the text names the cause and the remedy in one line."""


def ensure(extras: tuple[str, ...]) -> Path:
    """Make or complete .venv with the project and these extras; returns its Python.

    Raises SetupError with a one-line remedy.
    """
    try:
        return _ensure(extras)
    except OSError as error:
        place = error.filename or VENV
        raise SetupError(f"{place}: {error.strerror}: free some space or check the folder's permissions") from error


def _ensure(extras: tuple[str, ...]) -> Path:
    with _lock():
        wanted = set(extras)
        stamp = _read_stamp()
        python = venv_python()
        if stamp.get("inputs") == _inputs() and wanted <= set(stamp.get("extras", [])) and python.exists():
            return python
        wanted |= set(stamp.get("extras", []))
        _say(f"setting up {VENV.name} with {', '.join(sorted(wanted))} (once, a few minutes)")
        _make_venv(wanted)
        _install_torch()
        _install("-c", str(ROOT / "constraints.txt"), "-e", f"{ROOT}[{','.join(sorted(wanted))}]")
        _check_imports(wanted)
        STAMP.write_text(json.dumps({"inputs": _inputs(), "extras": sorted(wanted)}))
        return python


def venv_python() -> Path:
    """The virtual environment's interpreter, made or not."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _inputs() -> str:
    """What the environment was made from: a change of any of these makes it again."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    digest.update(str(ROOT).encode())
    return digest.hexdigest()


def _read_stamp() -> dict[str, Any]:
    try:
        return json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}


def _make_venv(extras: set[str]) -> None:
    if venv_python().exists():
        return
    if VENV.exists():
        raise SetupError(f"{VENV} exists but has no working Python: remove that folder and try again")
    supported = (BPY_PYTHON,) if "blender" in extras else SUPPORTED
    here = sys.version_info[:2]
    if _uv():
        major, minor = here if here in supported else supported[0]
        _run([_uv(), "venv", "--quiet", "--seed", "--python", f"{major}.{minor}", str(VENV)])
        return
    if here not in supported:
        found, needed = (".".join(map(str, version)) for version in (here, supported[0]))
        why = "Blender's module needs" if "blender" in extras else "Headsmith needs"
        raise SetupError(f"{why} Python {needed}, this is {found}: run this with python{needed}, or install uv")
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise SetupError("Python's venv module is missing: apt-get install -y python3-venv") from None
    _run([sys.executable, "-m", "venv", str(VENV)])


def _install_torch() -> None:
    try:
        if not _uv() or os.environ.get("PIP_FIND_LINKS") or os.environ.get("UV_FIND_LINKS"):
            _install(TORCH)
        else:
            _install("--torch-backend=auto", TORCH)
    except SetupError:
        if not _uv():
            raise
        _say("torch's own index cannot be reached; taking torch from the package registry")
        _install(TORCH)


def _install(*arguments: str) -> None:
    if _uv():
        links = os.environ.get("PIP_FIND_LINKS", "").split()
        find_links = [part for link in links for part in ("--find-links", link)]
        _run([_uv(), "pip", "install", "--quiet", "--python", str(venv_python()), *find_links, *arguments])
    else:
        _run([str(venv_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments])


def _check_imports(extras: set[str]) -> None:
    """Import what links to system libraries now, so that a bare machine hears of them before a job fails."""
    modules = ["cv2"]
    if "blender" in extras:
        modules.append("bpy")
    if "tracking" in extras:
        modules.append("mediapipe")
    command = [str(venv_python()), "-m", "headsmith_server.export.system_libraries", *modules]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stdout or done.stderr or "no output").strip().splitlines()
        raise SetupError(lines[-1])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, stdout=sys.stderr, check=False)
    if done.returncode:
        shown = " ".join(Path(part).name if index == 0 else part for index, part in enumerate(command))
        raise SetupError(f"`{shown}` failed with status {done.returncode}: see the lines above, then try again")


def _uv() -> str:
    return shutil.which("uv") or ""


def _say(text: str) -> None:
    print(f"headsmith: {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _lock() -> Iterator[None]:
    """One set-up at a time in this folder; where the system has no flock, none is taken."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with (ROOT / ".venv.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
