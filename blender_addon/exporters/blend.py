"""Saving the whole scene as a .blend."""

from __future__ import annotations

from pathlib import Path

import bpy

from headsmith_shared.errors import ErrorCode, HeadsmithError

from .files import whole_file


def save_blend(path: Path, *, pack: bool = True, compress: bool = True) -> Path:
    """Save everything to a new file and leave the open one as it is. Paths become relative to the new file.

    pack: every image file goes into the .blend; else images stay files.
    """
    if pack:
        for image in bpy.data.images:
            if image.source == "FILE" and image.packed_file is None and image.users:
                try:
                    image.pack()
                except RuntimeError as error:
                    raise HeadsmithError(
                        ErrorCode.BAD_FILE, f"{image.filepath}: the image cannot be packed", "check that it exists"
                    ) from error
    path = Path(path).resolve()
    with whole_file(path) as target:
        # Relative to the temporary folder first would be wrong after the move: remap against the final place.
        restored = _point_relative(path.parent)
        try:
            bpy.ops.wm.save_as_mainfile(
                filepath=str(target), copy=True, compress=compress, relative_remap=False, check_existing=False
            )
        finally:
            for image, former in restored:
                image.filepath_raw = former
    return path


def _point_relative(folder: Path) -> list[tuple[bpy.types.Image, str]]:
    """Rewrite image paths inside `folder` as relative ones; return what to restore."""
    changed = []
    for image in bpy.data.images:
        if image.source != "FILE" or image.packed_file is not None or not image.filepath_raw:
            continue
        absolute = Path(bpy.path.abspath(image.filepath_raw)).resolve()
        if absolute.is_relative_to(folder):
            changed.append((image, image.filepath_raw))
            image.filepath_raw = f"//{absolute.relative_to(folder).as_posix()}"
    return changed
