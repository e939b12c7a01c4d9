"""Image data-blocks from the encoded bytes of a head's maps: packed as they are, or as files in a folder."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

import bpy

from headsmith_shared.asset import HeadAsset, TextureMap
from headsmith_shared.errors import ErrorCode, HeadsmithError

from . import lookup

Images = Mapping[tuple[str, str], bpy.types.Image]
_SUFFIX = {"image/png": ".png", "image/x-exr": ".exr"}
_CONTENT = "headsmith_content"


def write_images(asset: HeadAsset, head_id: str, name: str, *, pack: bool, texture_dir: Path | None) -> Images:
    """Images by (material, channel). An image of an earlier version is filled anew and keeps its users.

    pack: the bytes become part of the .blend without decoding; else they are written to texture_dir.
    """
    if not pack and texture_dir is None:
        raise HeadsmithError(ErrorCode.BAD_USAGE, "unpacked maps need a folder", "give texture_dir or pack the maps")
    existing = {i[lookup.MAP]: i for i in bpy.data.images if i.get(lookup.ID) == head_id and lookup.MAP in i}
    images = {}
    for texture in asset.maps:
        label = f"{texture.material}/{texture.channel}"
        image = existing.get(label)
        if image is None:
            image = bpy.data.images.new(f"{name} {texture.material} {texture.channel}", 1, 1)
            lookup.mark(image, head_id, "image")
            image[lookup.MAP] = label
        _fill(image, texture, pack, texture_dir, name)
        images[texture.material, texture.channel] = image
    return images


def _fill(image: bpy.types.Image, texture: TextureMap, pack: bool, texture_dir: Path | None, name: str) -> None:
    content = f"{blake2b(texture.data, digest_size=12).hexdigest()} {'packed' if pack else texture_dir}"
    if image.get(_CONTENT) == content:
        return
    file_name = f"{_file_name(name)}_{texture.material}_{texture.channel}{_SUFFIX[texture.media_type]}"
    if image.packed_file is not None:
        image.unpack(method="REMOVE")
    if pack:
        image.filepath_raw = f"//textures/{file_name}"  # where the user's "Unpack" would put it
        image.pack(data=texture.data, data_len=len(texture.data))
    else:
        assert texture_dir is not None
        _write(texture_dir / file_name, texture.data)
        image.filepath_raw = str(texture_dir / file_name)
    image.source = "FILE"
    # A colour-space name is one of the configuration's roles or names; these two exist from 4.2 to 5.x.
    image.colorspace_settings.name = "sRGB" if texture.colour_space == "srgb" else "Non-Color"
    image.alpha_mode = "NONE"
    if _CONTENT in image:  # the pixels of the former version are in memory
        image.buffers_free()
        image.gl_free()
    image[_CONTENT] = content


def _write(path: Path, data: bytes) -> None:
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(data)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise HeadsmithError(
            ErrorCode.DISK_FULL, f"{path}: the map cannot be written: {error.strerror}", "choose another folder"
        ) from error


def _file_name(name: str) -> str:
    """A name that every file system accepts."""
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in name)[:60] or "head"
