"""The scalp of a head model: its measures on the mean head, the hairline, the whorl, and where roots may stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.hair.shoulders import Shoulders
from headsmith_server.hair.volume import Volume, build_volume, vertex_normals
from headsmith_server.hair.voxels import z_order
from headsmith_server.heads.protocol import HeadModel, SurfacePoints
from headsmith_server.texture.arrays import Field

Int = NDArray[np.int64]


@dataclass(frozen=True)
class Measures:
    """Where things are on the mean head, in millimetres.

    scale: the skull's width against 158 mm; centre [3]: of the skull; whorl [3]: where the crown's hair turns.
    """

    scale: float
    centre: Field
    whorl: Field
    brow_y: float
    eye_y: float
    mouth_y: float
    chin_y: float
    ear_z: float
    ear_low: float
    ear_top: float
    ear_front: float
    ear_back: float
    top_y: float
    back_z: float
    front_z: float
    half_width: float
    face_half_width: float
    collar: Field


@dataclass(frozen=True)
class Scalp:
    """What hair needs of a model, whoever the identity is.

    corners [T, 3]: the skin's triangles where hair may grow, in model vertices; uv_corners [T, 3, 2]; mean [V, 3] mm:
    the skin of the mean head; ears bool [V]; volume: distances around it.
    """

    measures: Measures
    mean: Field
    normals: Field
    corners: Int
    uv_corners: Field
    areas: Field
    volume: Volume


@dataclass(frozen=True)
class Roots:
    """N places on the scalp. points, normals [N, 3]: on the mean head, mm."""

    surface: SurfacePoints
    uvs: Field
    points: Field
    normals: Field

    def __len__(self) -> int:
        return len(self.points)

    def chosen(self, which: NDArray[np.bool_] | Int) -> Roots:
        surface = SurfacePoints(self.surface.corners[which], self.surface.barycentrics[which])
        return Roots(surface, self.uvs[which], self.points[which], self.normals[which])


_SCALPS: dict[str, Scalp] = {}


def scalp_of(model: HeadModel) -> Scalp:
    """The model's scalp, computed once for its sha256 in a process (about a second)."""
    if model.sha256 not in _SCALPS:
        _SCALPS[model.sha256] = _build(model)
    return _SCALPS[model.sha256]


def _build(model: HeadModel) -> Scalp:
    topology = model.topology
    skin = topology.part("skin")
    count = len(skin.vertices)
    with torch.no_grad():
        mean = model.vertices(torch.zeros(1, model.identity_size))[0].cpu().numpy() * np.float32(1000.0)
    mean = np.ascontiguousarray(mean[:count], np.float32)
    quads = np.where(skin.faces < 0, skin.faces[:, :1], skin.faces).astype(np.int64)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    uv_quads = np.where(skin.faces < 0, skin.uv_faces[:, :1], skin.uv_faces).astype(np.int64)
    uv_triangles = np.concatenate([uv_quads[:, [0, 1, 2]], uv_quads[:, [0, 2, 3]]])
    whole = (triangles[:, 0] != triangles[:, 1]) & (triangles[:, 1] != triangles[:, 2])
    whole &= triangles[:, 0] != triangles[:, 2]
    triangles, uv_triangles = triangles[whole], uv_triangles[whole]

    hidden = np.zeros(count, bool)
    for name in ("mouth_cavity", "inner_lid", "nostril_inside"):
        hidden[topology.sets.get(name, np.zeros(0, np.int32))] = True
    ear = np.zeros(count, bool)
    for name in ("ear_l", "ear_r"):
        ear[topology.sets.get(name, np.zeros(0, np.int32))] = True
    outer = triangles[~hidden[triangles].any(1)]
    numbers = np.unique(outer)
    local = np.full(count, -1, np.int64)
    local[numbers] = np.arange(len(numbers))
    measures = _measures(model, mean, ear)
    shoulders = Shoulders(measures.collar, measures.scale)
    volume = build_volume(mean[numbers], numbers, local[outer], ear[numbers], shoulders)

    normals = np.zeros_like(mean)
    normals[numbers] = vertex_normals(mean[numbers], local[outer])
    usable = (~hidden[triangles]).all(1) & (~ear[triangles]).all(1)
    high = mean[triangles][:, :, 1].max(1) > measures.chin_y
    corners, uvs = triangles[usable & high], skin.uvs[uv_triangles[usable & high]]
    order = np.argsort(z_order(mean[corners].mean(1)), kind="stable")
    corners, uvs = corners[order], uvs[order]
    a, b, c = (mean[corners[:, i]] for i in range(3))
    areas = 0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1)
    return Scalp(measures, mean, normals, corners, uvs.astype(np.float32), areas.astype(np.float32), volume)


def _measures(model: HeadModel, mean: Field, ear: NDArray[np.bool_]) -> Measures:
    topology = model.topology
    marks = topology.landmarks["multi_pie_68"].positions(mean)
    scalp = mean[topology.sets["scalp"]]
    ears = mean[ear]
    collar = mean[topology.loops["collar"]]
    brow_y = float(marks[[19, 24], 1].mean())
    high = scalp[scalp[:, 1] > brow_y - 10]
    half_width, back_z = float(np.abs(high[:, 0]).max()), float(high[:, 2].min())
    front_z, top_y = float(marks[27, 2]), float(high[:, 1].max())
    scale = half_width / 79.0
    ear_top = float(ears[:, 1].max())
    return Measures(
        scale=scale,
        centre=np.array([0.0, brow_y - 3.0 * scale, (front_z + back_z) / 2], np.float32),
        whorl=np.array([9.0 * scale, top_y - 12.0 * scale, back_z + 30.0 * scale], np.float32),
        brow_y=brow_y,
        eye_y=float(marks[[36, 45], 1].mean()),
        mouth_y=float(marks[[48, 54], 1].mean()),
        chin_y=float(marks[8, 1]),
        ear_z=float(ears[:, 2].mean()),
        ear_low=float(ears[:, 1].min()),
        ear_top=ear_top,
        ear_front=float(ears[:, 2].max()),
        ear_back=float(ears[:, 2].min()),
        top_y=top_y,
        back_z=back_z,
        front_z=front_z,
        half_width=half_width,
        face_half_width=float(np.abs(marks[[1, 15], 0]).mean()),
        collar=collar.mean(0).astype(np.float32),
    )
