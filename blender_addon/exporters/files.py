"""Writing a file through a temporary neighbour, so that nothing half-written is ever left under its name."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from headsmith_shared.atomic import write_error
from headsmith_shared.errors import ErrorCode, HeadsmithError


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path with the same name in a folder beside `path`; move it into place afterwards.

    What else the exporter has put beside it (textures) moves along. Raises DISK_FULL when there is no room,
    BAD_INPUT when the folder cannot be written, JOB_FAILED when the exporter left nothing or stopped with an error.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".headsmith-", dir=path.parent))
    except OSError as error:
        raise write_error(path, error) from error
    try:
        yield folder / path.name
        if not (folder / path.name).is_file():
            raise HeadsmithError(
                ErrorCode.JOB_FAILED, f"{path}: Blender's exporter wrote nothing", "look into Blender's console"
            )
        for entry in folder.iterdir():
            _replace(entry, path.parent / entry.name)
    except OSError as error:
        raise write_error(path, error) from error
    except RuntimeError as error:  # how bpy.ops reports errors
        raise HeadsmithError(
            ErrorCode.JOB_FAILED, f"{path}: {_first_line(error)}", "check the folder and the free space of the disk"
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _replace(source: Path, target: Path) -> None:
    if source.is_dir() and target.is_dir():
        for entry in source.iterdir():
            _replace(entry, target / entry.name)
    else:
        source.replace(target)


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
