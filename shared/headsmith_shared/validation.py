"""What every head keeps, checked before it is written and after it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from headsmith_shared import limits, strict_json
from headsmith_shared.asset import CHANNELS, HeadAsset, Joint, Part, Provenance, Strands, TextureMap
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.image_header import EXTENSIONS, read_image_header

_SAFE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_WEIGHT_TOLERANCE: Final = 1e-4
_UV_TOLERANCE: Final = 1e-5


def validate(asset: HeadAsset) -> None:
    """Raise HeadsmithError BAD_FILE or TOO_LARGE, naming the piece and the cause, unless the asset keeps
    all the promises of `HeadAsset`: shapes, dtypes, index ranges, finite numbers, unique safe names, true
    image headers."""
    check_title(asset.name, "name")
    _count(asset.parts, limits.MAX_PARTS, "parts")
    _count(asset.joints, limits.MAX_JOINTS, "joints")
    _count(asset.maps, limits.MAX_MAPS, "maps")
    _count(asset.strands, limits.MAX_STRAND_SETS, "strand sets")
    _count(asset.landmarks, limits.MAX_LANDMARK_SETS, "landmark sets")
    _unique((part.name for part in asset.parts), "part")
    _unique((f"{item.material}.{item.channel}" for item in asset.maps), "map")
    _unique((item.name for item in asset.strands), "strand set")
    if not asset.parts:
        raise _bad("a head without parts")
    _check_joints(asset.joints)
    for part in asset.parts:
        _check_part(part, len(asset.joints))
    for item in asset.maps:
        _check_map(item)
    for item in asset.strands:
        _check_strands(item)
    for name, points in asset.landmarks.items():
        check_name(name, "landmark set")
        check_array(points, (limits.MAX_LANDMARKS, 3), np.float32, f"landmarks {name}", limits.MAX_COORDINATE_M)
    strict_json.check({key: dict(value) for key, value in asset.materials.items()}, "materials")
    for name, numbers in asset.materials.items():
        check_name(name, "material")
        if not all(_is_number(value) for value in numbers.values()):
            raise _bad(f"material {name}: its values must be numbers")
    _check_provenance(asset.provenance)


def _check_part(part: Part, joints: int) -> None:
    check_name(part.name, "part")
    check_name(part.material, f"{part.name}: material")
    name = part.name
    check_array(part.positions, (limits.MAX_VERTICES, 3), np.float32, f"{name}: positions", limits.MAX_COORDINATE_M)
    check_array(part.faces, (limits.MAX_FACES, 4), np.int32, f"{name}: faces")
    check_array(part.uvs, (limits.MAX_UVS, 2), np.float32, f"{name}: uvs")
    check_array(part.uv_faces, (limits.MAX_FACES, 4), np.int32, f"{name}: uv_faces")
    check_array(part.weights, (limits.MAX_VERTICES, joints), np.float32, f"{name}: weights")
    if part.uvs.size and (part.uvs.min() < -_UV_TOLERANCE or part.uvs.max() > 1 + _UV_TOLERANCE):
        raise _bad(f"{name}: uvs lie outside 0..1")
    if len(part.uv_faces) != len(part.faces):
        raise _bad(f"{name}: {len(part.uv_faces)} uv_faces for {len(part.faces)} faces")
    if len(part.weights) != len(part.positions):
        raise _bad(f"{name}: {len(part.weights)} rows of weights for {len(part.positions)} vertices")
    if part.weights.size and (
        part.weights.min() < 0 or np.abs(part.weights.sum(axis=1, dtype=np.float64) - 1).max() > _WEIGHT_TOLERANCE
    ):
        raise _bad(f"{name}: weights must be positive and each row must sum to 1")
    _check_faces(part.faces, len(part.positions), f"{name}: faces")
    _check_faces(part.uv_faces, len(part.uvs), f"{name}: uv_faces")
    if not np.array_equal(part.faces[:, 3] < 0, part.uv_faces[:, 3] < 0):
        raise _bad(f"{name}: faces and uv_faces disagree on which are triangles")
    ordered = np.sort(part.faces, axis=1)
    if np.any(ordered[:, 1:] == ordered[:, :-1]):
        raise _bad(f"{name}: a face names one vertex twice")
    _count(part.keys, limits.MAX_KEYS, f"{name}: keys")
    for key, sparse in part.keys.items():
        where = f"{name}: key {key[:60]}"
        check_name(key, f"{name}: key")
        check_array(sparse.indices, (limits.MAX_VERTICES,), np.int32, f"{where}: indices")
        check_array(sparse.deltas, (limits.MAX_VERTICES, 3), np.float32, f"{where}: deltas", limits.MAX_COORDINATE_M)
        if len(sparse.indices) != len(sparse.deltas):
            raise _bad(f"{where}: {len(sparse.indices)} indices for {len(sparse.deltas)} deltas")
        _check_range(sparse.indices, len(part.positions), f"{where}: indices")
        if np.any(sparse.indices[1:] <= sparse.indices[:-1]):
            raise _bad(f"{where}: indices must be strictly increasing")


def _check_faces(faces: NDArray[np.int32], count: int, what: str) -> None:
    if not faces.size:
        return
    _check_range(faces[:, :3], count, what)
    last = faces[:, 3]
    if last.min() < -1 or last.max() >= count:
        raise _bad(f"{what} point outside 0..{count - 1}")


def _check_range(indices: NDArray[np.int32], count: int, what: str) -> None:
    if indices.size and (indices.min() < 0 or indices.max() >= count):
        raise _bad(f"{what} point outside 0..{count - 1}")


def _check_joints(joints: tuple[Joint, ...]) -> None:
    seen: set[str] = set()
    for joint in joints:
        check_name(joint.name, "joint")
        if joint.name in seen:
            raise _bad(f"joint {joint.name} occurs twice")
        if joint.parent is not None and joint.parent not in seen:
            raise _bad(f"joint {joint.name}: its parent must be an earlier joint")
        ends = np.asarray((joint.head, joint.tail), dtype=np.float64)
        if ends.shape != (2, 3) or not np.isfinite(ends).all() or np.abs(ends).max() > limits.MAX_COORDINATE_M:
            raise _bad(f"joint {joint.name}: head and tail must be finite points")
        seen.add(joint.name)


def _check_map(item: TextureMap) -> None:
    check_name(item.material, "map: material")
    where = f"map {item.material} {item.channel[:40]}"
    if item.channel not in CHANNELS:
        raise _bad(f"{where}: the channel is none of {', '.join(CHANNELS)}")
    if item.media_type not in EXTENSIONS:
        raise _bad(f"{where}: {item.media_type[:40]} is neither image/png nor image/x-exr")
    if item.colour_space != ("srgb" if item.channel == "albedo" else "linear"):
        raise _bad(f"{where}: colour space {str(item.colour_space)[:20]} does not belong to this channel")
    if not (1 <= item.width <= limits.MAX_MAP_SIDE and 1 <= item.height <= limits.MAX_MAP_SIDE):
        raise _large(f"{where}: {item.width} x {item.height} pixels, {limits.MAX_MAP_SIDE} a side at most")
    if len(item.data) > limits.MAX_MAP_BYTES:
        raise _large(f"{where}: {len(item.data)} bytes, {limits.MAX_MAP_BYTES} at most")
    if not np.isfinite([item.midlevel, item.scale_m]).all():
        raise _bad(f"{where}: midlevel and scale_m must be finite")
    try:
        header = read_image_header(item.data)
    except HeadsmithError as error:
        raise HeadsmithError(error.code, f"{where}: {error.message}", error.remedy) from error
    if (header.media_type, header.width, header.height) != (item.media_type, item.width, item.height):
        raise _bad(
            f"{where}: the image is {header.media_type} {header.width} x {header.height}, "
            f"not {item.media_type} {item.width} x {item.height}"
        )


def _check_strands(item: Strands) -> None:
    check_name(item.name, "strand set")
    where = f"strands {item.name}"
    check_array(item.points, (limits.MAX_STRAND_POINTS, 3), np.float32, f"{where}: points", limits.MAX_COORDINATE_M)
    check_array(item.counts, (limits.MAX_STRANDS,), np.int32, f"{where}: counts")
    check_array(item.radii, (limits.MAX_STRAND_POINTS,), np.float32, f"{where}: radii", limits.MAX_COORDINATE_M)
    if len(item.radii) != len(item.points):
        raise _bad(f"{where}: {len(item.radii)} radii for {len(item.points)} points")
    if (item.counts.size and item.counts.min() < 1) or int(item.counts.sum(dtype=np.int64)) != len(item.points):
        raise _bad(f"{where}: counts do not add up to the points")
    if item.radii.size and item.radii.min() < 0:
        raise _bad(f"{where}: radii must not be negative")
    check_name(item.material, f"{where}: material")
    check_array(item.root_uvs, (limits.MAX_STRANDS, 2), np.float32, f"{where}: root_uvs")
    check_array(item.shade, (limits.MAX_STRANDS,), np.float32, f"{where}: shade")
    for what, array in (("root_uvs", item.root_uvs), ("shade", item.shade)):
        if len(array) not in (0, len(item.counts)):
            raise _bad(f"{where}: {len(array)} rows of {what} for {len(item.counts)} strands")
        if array.size and (array.min() < -_UV_TOLERANCE or array.max() > 1 + _UV_TOLERANCE):
            raise _bad(f"{where}: {what} lie outside 0..1")


def _check_provenance(item: Provenance) -> None:
    if not isinstance(item.seed, int):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise _bad("provenance: seed must be an integer")
    for what, text in (("generator", item.generator), ("prompt", item.prompt)):
        check_text(text, f"provenance: {what}", limits.MAX_TEXT)
    lists = {"licences": item.licences, "not_understood": item.not_understood, "not_built": item.not_built}
    strict_json.check(
        [
            item.generator,
            item.prompt,
            item.seed,
            item.options,
            item.description,
            dict(item.checkpoints),
            *(list(value) for value in lists.values()),
        ],
        "provenance",
    )
    for name, digest in item.checkpoints.items():
        if not _SHA256.fullmatch(digest):
            raise _bad(f"provenance: checkpoint {name[:60]} needs a sha256 in hexadecimal")
    for name, values in lists.items():
        _count(values, 1000, f"provenance: {name}")
        if not all(_is_text(value) for value in values):
            raise _bad(f"provenance: {name} must hold text")


def check_array(
    array: NDArray[Any], most: tuple[int, ...], dtype: type[np.generic], what: str, bound: float | None = None
) -> None:
    """Raise unless `array` has that dtype, as many dimensions as `most`, at most most[0] rows, the other
    sizes exactly, only finite numbers, and none beyond +-bound."""
    if not isinstance(array, np.ndarray) or array.dtype != dtype:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise _bad(f"{what} must be {dtype.__name__}")
    if array.ndim != len(most) or array.shape[1:] != most[1:]:
        raise _bad(f"{what} has the shape {array.shape}")
    if len(array) > most[0]:
        raise _large(f"{what}: {len(array)} rows, {most[0]} at most")
    if dtype is np.float32 and not np.isfinite(array).all():
        raise _bad(f"{what} holds a number that is not finite")
    if bound is not None and array.size and (array.max() > bound or array.min() < -bound):
        raise _bad(f"{what} holds a value beyond {bound:g}")


def check_name(name: str, what: str) -> None:
    """Raise unless `name` is an identifier of at most 63 ASCII letters, digits and underscores."""
    if not _SAFE.fullmatch(name):
        raise _bad(f"{what} name {name[:60]!r} is not safe")


def check_title(text: str, what: str) -> None:
    """Raise unless `text` is one printable line of 1..MAX_TITLE characters without slashes."""
    if not 1 <= len(text) <= limits.MAX_TITLE or not text.isprintable() or "/" in text or "\\" in text:
        raise _bad(f"{what} must be one printable line of 1..{limits.MAX_TITLE} characters without slashes")


def _is_number(value: object) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def check_text(text: str, what: str, longest: int) -> None:
    """Raise unless `text` is valid Unicode of at most `longest` characters."""
    if len(text) > longest:
        raise _large(f"{what} is longer than {longest} characters")
    strict_json.check(text, what)


def _count(items: Any, most: int, what: str) -> None:
    if len(items) > most:
        raise _large(f"{len(items)} {what}, {most} at most")


def _unique(names: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise _bad(f"{what} {name[:60]} occurs twice")
        seen.add(name.lower())


def _bad(cause: str) -> HeadsmithError:
    return HeadsmithError(ErrorCode.BAD_FILE, cause, "make or download the file again")


def _large(cause: str) -> HeadsmithError:
    return HeadsmithError(ErrorCode.TOO_LARGE, cause, "make it smaller")
