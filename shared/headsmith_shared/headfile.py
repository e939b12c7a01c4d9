"""`.head` files: a HeadAsset as a container of asset.json, arrays.safetensors and
maps/MATERIAL.CHANNEL.png|exr."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, cast

import numpy as np

from headsmith_shared import container, limits, safetensors_codec, strict_json
from headsmith_shared.asset import (
    CHANNELS,
    HeadAsset,
    Joint,
    Part,
    Provenance,
    SparseDeltas,
    Strands,
    TextureMap,
)
from headsmith_shared.atomic import write_pieces
from headsmith_shared.errors import ErrorCode, HeadsmithError
from headsmith_shared.image_header import EXTENSIONS
from headsmith_shared.validation import validate

FORMAT: Final = "headsmith-head"
VERSION: Final = 2
READABLE: Final = (1, 2)
"""Version 1 names its strand sets only: no roots, shades and materials of strands, no hair cards."""
SUFFIX: Final = ".head"
MEDIA_TYPE: Final = "application/x-headsmith-head"

_JSON: Final = "asset.json"
_ARRAYS: Final = "arrays.safetensors"
_PART_ARRAYS: Final = ("positions", "faces", "uvs", "uv_faces", "weights")
_KEY_ARRAYS: Final = ("key_counts", "key_indices", "key_deltas")
_STRAND_ARRAYS: Final = ("points", "counts", "radii", "root_uvs", "shade")


def head_to_bytes(asset: HeadAsset) -> bytes:
    """The asset as the bytes of a `.head` file; equal assets give equal bytes.

    Raises HeadsmithError BAD_FILE or TOO_LARGE when the asset breaks a promise (see `validation.validate`).
    """
    return b"".join(_pieces(asset))


def write_head(asset: HeadAsset, target: str | Path | BinaryIO) -> None:
    """Write a `.head` file to a path (whole or not at all) or into an open binary file.

    Raises HeadsmithError: DISK_FULL, BAD_INPUT (cannot be written), BAD_FILE or TOO_LARGE (invalid asset).
    """
    write_pieces(_pieces(asset), target)


def read_head(source: str | Path | bytes) -> HeadAsset:
    """The head in a file or in the bytes of one. Whatever the bytes are, the result is a valid HeadAsset or
    HeadsmithError BAD_FILE or TOO_LARGE naming file, cause and remedy; memory stays below twice the file's
    size."""
    label = "head" if isinstance(source, bytes) else str(source)
    data = source if isinstance(source, bytes) else container.read_bytes(Path(source))
    with container.naming(label, "choose a .head file made by Headsmith, or make the head again"):
        return _decode(container.unpack(data))


def _pieces(asset: HeadAsset) -> list[container.Piece]:
    with container.naming(f"head {asset.name[:80]!r}", "report this as a bug with prompt and seed"):
        validate(asset)
        arrays: dict[str, safetensors_codec.Array] = {}
        for part in asset.parts:
            for field in _PART_ARRAYS:
                arrays[f"parts/{part.name}/{field}"] = getattr(part, field)
            sparse = tuple(part.keys.values())
            if sparse:
                # One array for all keys of a part: a hundred small arrays a part would triple the reading
                # time.
                counts = [len(item.indices) for item in sparse]
                arrays[f"parts/{part.name}/key_counts"] = np.asarray(counts, dtype=np.int32)
                arrays[f"parts/{part.name}/key_indices"] = np.concatenate([item.indices for item in sparse])
                arrays[f"parts/{part.name}/key_deltas"] = np.concatenate([item.deltas for item in sparse])
        for strands in asset.strands:
            for field in _STRAND_ARRAYS:
                arrays[f"strands/{strands.name}/{field}"] = getattr(strands, field)
        for name, points in asset.landmarks.items():
            arrays[f"landmarks/{name}"] = points
        entries: dict[str, list[container.Piece]] = {
            _JSON: [strict_json.dumps(_to_json(asset))],
            _ARRAYS: list(safetensors_codec.encode(arrays)),
        }
        for item in asset.maps:
            entries[map_entry(item.material, item.channel, item.media_type)] = [item.data]
        return container.pack(entries)


def map_entry(material: str, channel: str, media_type: str) -> str:
    """The name of a map inside the file."""
    return f"maps/{material}.{channel}.{EXTENSIONS[media_type]}"


def _to_json(asset: HeadAsset) -> strict_json.Json:
    origin = asset.provenance
    document: dict[str, object] = {
        "format": FORMAT,
        "version": VERSION,
        "name": asset.name,
        "parts": [{"name": part.name, "material": part.material, "keys": list(part.keys)} for part in asset.parts],
        "joints": [
            {
                "name": joint.name,
                "parent": joint.parent,
                "head": _floats(joint.head),
                "tail": _floats(joint.tail),
            }
            for joint in asset.joints
        ],
        "maps": [
            {
                "material": item.material,
                "channel": item.channel,
                "colour_space": item.colour_space,
                "media_type": item.media_type,
                "width": item.width,
                "height": item.height,
                "midlevel": float(item.midlevel),
                "scale_m": float(item.scale_m),
            }
            for item in asset.maps
        ],
        "strands": [{"name": item.name, "material": item.material} for item in asset.strands],
        "landmarks": sorted(asset.landmarks),
        "materials": {
            name: {key: float(value) for key, value in numbers.items()} for name, numbers in asset.materials.items()
        },
        "provenance": {
            "generator": origin.generator,
            "prompt": origin.prompt,
            "seed": origin.seed,
            "options": origin.options,
            "checkpoints": dict(origin.checkpoints),
            "licences": list(origin.licences),
            "not_understood": list(origin.not_understood),
            "not_built": list(origin.not_built),
            "description": origin.description,
        },
    }
    return cast("strict_json.Json", document)


def _decode(entries: dict[str, memoryview]) -> HeadAsset:
    if _JSON not in entries or _ARRAYS not in entries:
        raise HeadsmithError(ErrorCode.BAD_FILE, f"holds no {_JSON if _JSON not in entries else _ARRAYS}")
    arrays_view = entries.pop(_ARRAYS)
    fields, version = container.open_document(entries.pop(_JSON), _JSON, FORMAT, *READABLE)
    arrays = safetensors_codec.decode(arrays_view)
    asset = HeadAsset(
        name=fields.text("name", limits.MAX_TITLE),
        joints=tuple(_joint(item) for item in fields.objects("joints", limits.MAX_JOINTS)),
        parts=tuple(_part(item, arrays) for item in fields.objects("parts", limits.MAX_PARTS)),
        maps=tuple(_map(item, entries) for item in fields.objects("maps", limits.MAX_MAPS)),
        strands=tuple(_strands(fields, arrays, version)),
        landmarks={
            name: _pop(arrays, f"landmarks/{name}") for name in fields.texts("landmarks", limits.MAX_LANDMARK_SETS)
        },
        materials={
            name: strict_json.Fields({"_": numbers}, f"material {name}").number_map("_")
            for name, numbers in fields.json("materials").items()
        },
        provenance=_provenance(strict_json.Fields(fields.take("provenance"), "provenance")),
    )
    fields.finish()
    left = next(iter((*entries, *arrays)), None)
    if left is not None:
        raise HeadsmithError(ErrorCode.BAD_FILE, f"holds {left[:80]!r}, which the asset does not name")
    validate(asset)
    return asset


def _part(fields: strict_json.Fields, arrays: dict[str, safetensors_codec.Array]) -> Part:
    name, material = fields.text("name"), fields.text("material")
    key_names = fields.texts("keys", limits.MAX_KEYS)
    fields.finish()
    keys: dict[str, SparseDeltas] = {}
    if key_names:
        counts, indices, deltas = (_pop(arrays, f"parts/{name}/{field}") for field in _KEY_ARRAYS)
        if counts.dtype != np.int32 or counts.shape != (len(key_names),) or len(set(key_names)) != len(key_names):
            raise HeadsmithError(ErrorCode.BAD_FILE, f"{name}: key names and key counts disagree")
        ends = counts.cumsum(dtype=np.int64)
        if counts.min() < 0 or indices.ndim != 1 or deltas.ndim != 2 or not ends[-1] == len(indices) == len(deltas):
            raise HeadsmithError(ErrorCode.BAD_FILE, f"{name}: key counts do not add up to the deltas")
        for key, end, count in zip(key_names, ends, counts, strict=True):
            keys[key] = SparseDeltas(indices[end - count : end], deltas[end - count : end])
    return Part(name, material, *(_pop(arrays, f"parts/{name}/{field}") for field in _PART_ARRAYS), keys=keys)


def _strands(fields: strict_json.Fields, arrays: dict[str, safetensors_codec.Array], version: int) -> Iterator[Strands]:
    if version == 1:
        for name in fields.texts("strands", limits.MAX_STRAND_SETS):
            yield Strands(name, *(_pop(arrays, f"strands/{name}/{field}") for field in _STRAND_ARRAYS[:3]))
        return
    for item in fields.objects("strands", limits.MAX_STRAND_SETS):
        name, material = item.text("name"), item.text("material")
        item.finish()
        yield Strands(name, *(_pop(arrays, f"strands/{name}/{field}") for field in _STRAND_ARRAYS), material=material)


def _joint(fields: strict_json.Fields) -> Joint:
    head, tail = fields.numbers("head", 3), fields.numbers("tail", 3)
    joint = Joint(
        fields.text("name"),
        fields.optional_text("parent"),
        (head[0], head[1], head[2]),
        (tail[0], tail[1], tail[2]),
    )
    fields.finish()
    return joint


def _map(fields: strict_json.Fields, entries: dict[str, memoryview]) -> TextureMap:
    material, channel = fields.text("material"), fields.choice("channel", CHANNELS)
    media_type = cast("Literal['image/png', 'image/x-exr']", fields.choice("media_type", tuple(EXTENSIONS)))
    entry = map_entry(material, channel, media_type)
    if entry not in entries:
        raise HeadsmithError(ErrorCode.BAD_FILE, f"names the map {entry[:80]!r} but does not hold it")
    result = TextureMap(
        material=material,
        channel=channel,
        colour_space=cast("Literal['srgb', 'linear']", fields.choice("colour_space", ("srgb", "linear"))),
        media_type=media_type,
        width=fields.integer("width"),
        height=fields.integer("height"),
        data=bytes(entries.pop(entry)),
        midlevel=fields.number("midlevel"),
        scale_m=fields.number("scale_m"),
    )
    fields.finish()
    return result


def _provenance(fields: strict_json.Fields) -> Provenance:
    result = Provenance(
        generator=fields.text("generator"),
        prompt=fields.text("prompt"),
        seed=fields.integer("seed"),
        options=fields.json("options"),
        checkpoints=fields.text_map("checkpoints"),
        licences=fields.texts("licences", 1000),
        not_understood=fields.texts("not_understood", 1000),
        not_built=fields.texts("not_built", 1000),
        description=fields.json("description"),
    )
    fields.finish()
    return result


def _pop(arrays: dict[str, safetensors_codec.Array], name: str) -> Any:
    if name not in arrays:
        raise HeadsmithError(ErrorCode.BAD_FILE, f"holds no array {name[:80]!r}")
    return arrays.pop(name)


def _floats(point: tuple[float, ...]) -> list[float]:
    return [float(value) for value in point]
