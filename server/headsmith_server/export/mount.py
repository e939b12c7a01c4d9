"""The Headsmith extension in a bpy module without a window, under its true name. Runs in the export child
only."""

from __future__ import annotations

import importlib
import os
import shutil
from pathlib import Path
from types import ModuleType
from typing import Final

from headsmith_server.export.system_libraries import missing_library_remedy
from headsmith_shared.errors import ErrorCode, HeadsmithError

EXTENSION_ID: Final = "headsmith"
_REPOSITORY: Final = "child"
_ENVIRONMENT: Final = "HEADSMITH_EXTENSION"


def find_extension() -> Path:
    """The extension's folder: $HEADSMITH_EXTENSION, else blender_addon/ of the checkout this server runs
    from.

    Raises HeadsmithError MISSING_DEPENDENCY when there is none.
    """
    named = os.environ.get(_ENVIRONMENT)
    folder = Path(named) if named else Path(__file__).resolve().parents[3] / "blender_addon"
    if not (folder / "blender_manifest.toml").is_file():
        raise HeadsmithError(
            ErrorCode.MISSING_DEPENDENCY,
            f"{folder}: no Headsmith extension there",
            f"run from a checkout of the repository, or set {_ENVIRONMENT} to the extension's folder",
        )
    return folder


def import_bpy() -> ModuleType:
    """The bpy module; HeadsmithError MISSING_DEPENDENCY with the line that installs what is missing."""
    try:
        return importlib.import_module("bpy")
    except ImportError as error:
        remedy = missing_library_remedy(str(error))
        if remedy is None and not isinstance(error, ModuleNotFoundError):
            remedy = "reinstall bpy"
        raise HeadsmithError(
            ErrorCode.MISSING_DEPENDENCY,
            f"Blender's module bpy: {error}",
            remedy or "install the extra 'blender' (Python 3.11): pip install 'headsmith[blender]'",
        ) from error


def mount_extension(folder: Path, workspace: Path) -> ModuleType:
    """Enable the extension in an empty scene; returns its `api` module.

    workspace: a private folder that BLENDER_USER_RESOURCES names, so that a user's own settings stay
    untouched. Raises HeadsmithError MISSING_DEPENDENCY when bpy cannot be imported, UNSUPPORTED when
    enabling fails.
    """
    bpy = import_bpy()
    bpy.ops.wm.read_factory_settings(use_empty=True)
    repository = workspace / "mounted"  # Blender makes "extensions" and others there itself
    repository.mkdir()
    place = repository / EXTENSION_ID
    try:
        place.symlink_to(folder, target_is_directory=True)
    except OSError:  # Windows without the right to make links
        shutil.copytree(folder, place, ignore=shutil.ignore_patterns("__pycache__", "wheels"))
    bpy.context.preferences.extensions.repos.new(name=_REPOSITORY, module=_REPOSITORY, custom_directory=str(repository))
    name = f"bl_ext.{_REPOSITORY}.{EXTENSION_ID}"
    if importlib.import_module("addon_utils").enable(name, default_set=True) is None:
        raise HeadsmithError(
            ErrorCode.UNSUPPORTED,
            f"{folder}: Blender {bpy.app.version_string} cannot enable it",
            "see the log for the cause, and check that the checkout is complete",
        )
    return importlib.import_module(f"{name}.api")
