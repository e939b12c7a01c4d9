"""The parts of a head joined into the arrays of one Blender mesh."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from headsmith_shared.arkit import ARKIT_NAMES
from headsmith_shared.asset import CARD_NAMES, MATERIAL_NAMES, PART_NAMES, Float32, HeadAsset, Int32, SparseDeltas
from headsmith_shared.errors import ErrorCode, HeadsmithError

from .thin_skin import thin_skin


@dataclass(frozen=True)
class FlatHead:
    """One mesh in Blender space (metres, Z up, the face looks along -Y).

    positions float32 [V, 3]; corners int32 [L] vertex of each face corner; starts int32 [F] first corner of each
    face; uvs float32 [L, 2]; face_material int32 [F] into materials; face_part int32 [F] into PART_NAMES and
    CARD_NAMES;
    weights float32 [V, J] in the order of joints; thin float32 [V], see thin_skin; keys: offsets by name, Apple's
    order first.
    """

    positions: Float32
    corners: Int32
    starts: Int32
    uvs: Float32
    face_material: Int32
    face_part: Int32
    weights: Float32
    thin: Float32
    joints: tuple[str, ...]
    materials: tuple[str, ...]
    keys: Mapping[str, SparseDeltas]
    topology: str


def to_blender(points: Float32) -> Float32:
    """Asset space (Y up, +Z out of the face) to Blender space: (x, y, z) becomes (x, -z, y)."""
    turned = np.empty_like(points)
    turned[:, 0] = points[:, 0]
    np.negative(points[:, 2], out=turned[:, 1])
    turned[:, 2] = points[:, 1]
    return turned


def flatten(asset: HeadAsset, names: Sequence[str] = PART_NAMES) -> FlatHead:
    """Join the parts of those names. Raises BAD_FILE for an unknown part and an index that points outside its array."""
    known = (*PART_NAMES, *CARD_NAMES)
    for part in asset.parts:
        if part.name not in known or part.material not in MATERIAL_NAMES:
            raise _broken(f"part {part.name!r} of {part.material!r}: unknown")
    asset = replace(asset, parts=tuple(part for part in asset.parts if part.name in names))
    if not asset.parts:
        raise _broken(f"no part of {', '.join(names)}")
    offsets: dict[str, int] = {}
    corners, uvs, sizes, face_material, face_part = [], [], [], [], []
    materials = tuple(name for name in MATERIAL_NAMES if any(part.material == name for part in asset.parts))
    first = 0
    for part in asset.parts:
        _check_indices(part.name, "faces", part.faces, len(part.positions))
        _check_indices(part.name, "uv_faces", part.uv_faces, len(part.uvs))
        used = part.faces >= 0
        if not np.array_equal(used, part.uv_faces >= 0):
            raise _broken(f"part {part.name!r}: faces and uv_faces differ in shape")
        offsets[part.name] = first
        corners.append(part.faces[used] + np.int32(first))
        uvs.append(part.uvs[part.uv_faces[used]])
        sizes.append(used.sum(1, dtype=np.int32))
        face_material.append(np.full(len(part.faces), materials.index(part.material), np.int32))
        face_part.append(np.full(len(part.faces), known.index(part.name), np.int32))
        first += len(part.positions)
    all_corners = np.concatenate(corners).astype(np.int32, copy=False)
    all_sizes = np.concatenate(sizes)
    starts = np.zeros(len(all_sizes), np.int32)
    np.cumsum(all_sizes[:-1], out=starts[1:])
    digest = hashlib.blake2b(all_corners.tobytes() + starts.tobytes(), digest_size=12).hexdigest()
    return FlatHead(
        positions=to_blender(np.concatenate([part.positions for part in asset.parts]).astype(np.float32)),
        corners=all_corners,
        starts=starts,
        uvs=np.ascontiguousarray(np.concatenate(uvs), np.float32),
        face_material=np.concatenate(face_material),
        face_part=np.concatenate(face_part),
        weights=np.concatenate([part.weights for part in asset.parts]),
        thin=thin_skin(asset),
        joints=tuple(joint.name for joint in asset.joints),
        materials=materials,
        keys=_join_keys(asset, offsets),
        topology=digest,
    )


def _join_keys(asset: HeadAsset, offsets: Mapping[str, int]) -> dict[str, SparseDeltas]:
    present = {name for part in asset.parts for name in part.keys}
    order = [name for name in ARKIT_NAMES if name in present] + sorted(present.difference(ARKIT_NAMES))
    joined = {}
    for name in order:
        indices, deltas = [], []
        for part in asset.parts:
            if name in part.keys:
                key = part.keys[name]
                _check_indices(part.name, name, key.indices, len(part.positions))
                indices.append(key.indices + np.int32(offsets[part.name]))
                deltas.append(key.deltas)
        joined[name] = SparseDeltas(
            np.concatenate(indices), to_blender(np.concatenate(deltas).astype(np.float32, copy=False))
        )
    return joined


def _check_indices(part: str, what: str, indices: Int32, count: int) -> None:
    if indices.size and (int(indices.max()) >= count or int(indices.min()) < -1):
        raise _broken(f"part {part!r}: {what} point outside its {count} elements")


def _broken(text: str) -> HeadsmithError:
    return HeadsmithError(ErrorCode.BAD_FILE, text, "make the head again or use another file")
