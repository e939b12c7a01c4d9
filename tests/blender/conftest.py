"""One Blender for the whole folder: the extension is mounted from its source and enabled under its true name."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

EXTENSION = Path(__file__).resolve().parents[2] / "blender_addon"
MODULE = "bl_ext.headsmith_tests.headsmith"
_STATUS = pytest.StashKey[int]()


@pytest.fixture(scope="session")
def blender() -> Iterator[ModuleType]:
    """The bpy module with the extension enabled; everything is unregistered and all threads end afterwards."""
    folder = tempfile.TemporaryDirectory(prefix="headsmith-blender-")
    os.environ["BLENDER_USER_RESOURCES"] = str(Path(folder.name) / "user")  # before bpy reads it
    os.environ["HEADSMITH_STATE_DIR"] = str(Path(folder.name) / "state")
    bpy = pytest.importorskip("bpy", reason="the extra 'blender' is not installed (bpy 5.0.1 needs Python 3.11)")
    import addon_utils

    repository = Path(folder.name) / "repository"
    repository.mkdir()
    (repository / "headsmith").symlink_to(EXTENSION, target_is_directory=True)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.preferences.extensions.repos.new(
        name="headsmith_tests", module="headsmith_tests", custom_directory=str(repository)
    )
    assert addon_utils.enable(MODULE, default_set=True) is not None
    yield bpy
    addon_utils.disable(MODULE, default_set=True)
    left = _threads_left(5.0)
    folder.cleanup()
    assert not left, f"threads that would disturb Blender's exit: {left}"


def _threads_left(timeout: float) -> list[str]:
    """Threads of the extension that outlive the timeout. Waiters for servers come from other tests of this process."""
    until = time.monotonic() + timeout
    while True:
        names = [thread.name for thread in threading.enumerate() if thread.name.startswith("headsmith")]
        names = [name for name in names if name != "headsmith-server-waiter"]
        if not names or time.monotonic() > until:
            return names
        time.sleep(0.05)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remember the status for the very end."""
    session.config.stash[_STATUS] = int(exitstatus)


def pytest_unconfigure(config: pytest.Config) -> None:
    """bpy modules before 5.0 crash or hang at a normal exit; the report is written by now."""
    bpy = sys.modules.get("bpy")
    if bpy is not None and bpy.app.version < (5, 0, 0) and _STATUS in config.stash:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash[_STATUS])


@pytest.fixture(scope="session")
def headsmith(blender: ModuleType):
    """Import a module of the extension by its path inside of it: headsmith("builders.lookup")."""

    def get(path: str) -> ModuleType:
        return importlib.import_module(f"{MODULE}.{path}")

    return get


@pytest.fixture
def bpy(blender: ModuleType, headsmith) -> Iterator[ModuleType]:
    """An empty file, and no session left over from an earlier test."""
    connection, pump = headsmith("session.connection"), headsmith("session.pump")
    pump.stop()
    connection.current.close()
    connection.current = connection.Session()
    # Not read_factory_settings: that would reset the preferences and unmount the extension.
    blender.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    yield blender
    pump.stop()
    connection.current.close()


@pytest.fixture
def switch(bpy: ModuleType) -> Callable[[bool], None]:
    """Enable (True) or disable the extension."""
    import addon_utils

    def to(on: bool) -> None:
        if on:
            assert addon_utils.enable(MODULE, default_set=True) is not None
        else:
            addon_utils.disable(MODULE)

    return to


@pytest.fixture
def api(bpy: ModuleType, headsmith) -> ModuleType:
    """The scripting interface of the extension."""
    return headsmith("api")
