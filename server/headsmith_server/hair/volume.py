"""The space around a model's mean head: signed distance to skin and shoulders, and how it bends with an identity.

Hair is grown around the mean head and then carried to the identity, so that what costs time is computed once a model.
All lengths here are millimetres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from headsmith_server.hair.shoulders import Shoulders
from headsmith_server.hair.voxels import COARSE, STEP, Grid, nearest_to, nearest_vertices, norm, ring_of, walk
from headsmith_server.texture.arrays import Field

Int = NDArray[np.int64]

MARGIN: Final = 44.0
"""The grid reaches so far beyond the skin."""
BEND_STRIDE: Final = 2
FOLD: Final = 6.0
"""Hair does not go where it would be nearer than this (mm) to an ear and to the skull behind it."""
EAR_REACH: Final = 12.0
"""Distances to the ears are told up to this many mm."""


@dataclass(frozen=True)
class Volume:
    """Distance fields around the mean head.

    vertices [K, 3]: the outer skin's; numbers [K]: theirs in the model; normals [K, 3]; ring [K, RING]: each vertex and
    its neighbours; nearest [3, voxels]: into vertices, of all, of the ears (where they are near) and of all but the
    ears; skin, skull: [1, 4, z, y, x] signed distance and outward direction, with the ears (the folds behind them
    filled) and without; ears [1, 1, z, y, x]: distance to the nearest vertex of an ear.
    """

    grid: Grid
    vertices: Field
    numbers: Int
    triangles: Int
    ring: Int
    nearest: Int
    skin: Tensor
    skull: Tensor
    ears: Tensor
    shoulders: Shoulders

    def distance(self, points: Field, ears: bool = True, bust: bool = True) -> tuple[Field, Field]:
        """Signed distance [N] to skin and shoulders (positive outside) and outward direction [N, 3]."""
        values = self.grid.sample(self.skin if ears else self.skull, points)
        near, away = values[:, 0].copy(), values[:, 1:].copy()
        away /= np.maximum(norm(away), np.float32(1e-6))[:, None]
        # The neck goes on below the grid as a column; to the sides and above it the way to the grid counts.
        low, high = self.grid.origin, self.grid.origin + np.float32(STEP) * (np.array(self.grid.shape, np.float32) - 1)
        outside = np.flatnonzero(
            (points[:, 0] < low[0]) | (points[:, 0] > high[0]) | (points[:, 1] > high[1])
            | (points[:, 2] < low[2]) | (points[:, 2] > high[2])
        )  # fmt: skip
        if len(outside):
            beyond = points[outside] - np.clip(points[outside], low, high)
            beyond[:, 1] = np.maximum(beyond[:, 1], 0.0)
            near[outside] += norm(beyond)
        below = np.flatnonzero(points[:, 1] < self.shoulders.neck[1] + 60.0)
        if bust and len(below):
            here = points[below]
            over, outward = self.shoulders.distance(here)
            closer = over < near[below]
            near[below] = np.minimum(near[below], over)
            # Down there hair is held together: what is in the way sends it back or forward, hardly outwards.
            part = np.clip((self.shoulders.neck[1] + 40.0 - here[:, 1]) / 40.0, 0.0, 1.0)
            neck = away[below]
            neck[:, 0] *= 1.0 - np.float32(0.55) * part
            neck /= np.maximum(norm(neck), np.float32(1e-6))[:, None]
            away[below] = np.where(closer[:, None], outward, neck)
        return near, away

    def ear_distance(self, points: Field) -> Field:
        """Millimetres [N] to the nearest ear, exact to a voxel."""
        return self.grid.sample(self.ears, points)[:, 0]

    def pushed_out(self, points: Field, clearance: Field | float, times: int = 2) -> Field:
        """Points [N, 3] moved out of the skin until they are `clearance` (one or [N]) away; shoulders do not count."""
        points = points.copy()
        wanted = np.broadcast_to(np.asarray(clearance, np.float32), (len(points),))
        left = np.arange(len(points))
        for _ in range(times):
            near, away = self.distance(points[left], bust=False)
            short = np.flatnonzero(near < wanted[left])
            left = left[short]
            if not len(left):
                break
            points[left] += away[short] * (wanted[left] - near[short])[:, None]
        return points

    def settled(self, points: Field, height: Field, times: int = 3) -> Field:
        """Points moved along the skull's normals (ears left out) until they lie at `height` [N] above it."""
        points = points.copy()
        for _ in range(times):
            near, away = self.distance(points, ears=False)
            points += away * (height - near)[:, None]
        return points


def build_volume(vertices: Field, numbers: Int, triangles: Int, ear: NDArray[np.bool_], shoulders: Shoulders) -> Volume:
    """The volume around the outer skin: vertices [K, 3] mm, triangles [T, 3] into them, ear bool [K]."""
    low, high = vertices.min(0) - MARGIN, vertices.max(0) + MARGIN
    low[1] = vertices[:, 1].min() + 4.0  # what lies below the collar is the neck's column
    shape = tuple(int(n) for n in np.ceil((high - low) / (STEP * COARSE)).astype(int) * COARSE + 1)
    grid = Grid(low.astype(np.float32), (shape[0], shape[1], shape[2]))
    ring = ring_of(triangles, len(vertices))
    normals = vertex_normals(vertices, triangles)
    nearest = nearest_vertices(grid, vertices, ring)
    centres = grid.centres()
    bare = nearest.copy()
    at_ear = np.flatnonzero(ear[nearest])
    bare[at_ear] = nearest_to(centres[at_ear], vertices, ring, np.flatnonzero(~ear))
    # Nobody asks how far the ears are where they are far.
    gap, lobe = np.full(len(centres), EAR_REACH, np.float32), nearest.copy()
    for side in (vertices[:, 0] > 0, vertices[:, 0] <= 0):
        own = np.flatnonzero(ear & side)
        if len(own):
            low, high = vertices[own].min(0) - EAR_REACH, vertices[own].max(0) + EAR_REACH
            near = np.flatnonzero(((centres > low) & (centres < high)).all(axis=1))
            found = nearest_to(centres[near], vertices, ring, own)
            away = norm(centres[near] - vertices[found])
            closer = away < gap[near]
            gap[near[closer]], lobe[near[closer]] = away[closer], found[closer]
    open_skin, skull = _field(grid, vertices, normals, nearest), _field(grid, vertices, normals, bare)
    filled = np.minimum(np.maximum(gap, skull[:, 0]) - FOLD, open_skin[:, 0])
    fold = np.flatnonzero(filled < open_skin[:, 0])
    skin = open_skin.copy()
    skin[fold, 0] = filled[fold]
    # Out of a fold the way is that of both walls together, and away from the ear's middle.
    middle = np.zeros((len(fold), 3), np.float32)
    for half in (1.0, -1.0):
        own = ear & (vertices[:, 0] * half > 0)
        if own.any():
            middle[centres[fold, 0] * half > 0] = vertices[own].mean(0)
    outwards = centres[fold] - middle
    outwards /= np.maximum(norm(outwards), 1e-6)[:, None]
    skin[fold, 1:] = normals[lobe[fold]] + normals[bare[fold]] + 0.5 * outwards
    skin[fold, 1:] /= np.maximum(norm(skin[fold, 1:]), 1e-6)[:, None]
    return Volume(
        grid=grid,
        vertices=vertices,
        numbers=numbers,
        triangles=triangles,
        ring=ring,
        nearest=np.stack([nearest, lobe, bare]),
        skin=grid.tensor(skin),
        skull=grid.tensor(skull),
        ears=grid.tensor(gap[:, None]),
        shoulders=shoulders,
    )


def vertex_normals(vertices: Field, triangles: Int) -> Field:
    """Area-weighted unit normals [K, 3]."""
    a, b, c = (vertices[triangles[:, i]] for i in range(3))
    face = np.cross(b - a, c - a)
    normals = np.stack(
        [np.bincount(triangles.ravel(), np.repeat(face[:, axis], 3), len(vertices)) for axis in range(3)], axis=1
    )
    return (normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)).astype(np.float32)


def _field(grid: Grid, vertices: Field, normals: Field, nearest: Int) -> Field:
    """Signed distance and outward direction [voxels, 4]."""
    offset = grid.centres() - vertices[nearest]
    normal = normals[nearest]
    length = np.maximum(np.linalg.norm(offset, axis=1), 1e-6)
    height = np.einsum("nc,nc->n", offset, normal)
    sign = np.where(height < 0, -1.0, 1.0)
    # Near the skin the tangent plane is the truer surface, farther away the vertex is.
    far = np.clip((length - 5.0) / 8.0, 0.0, 1.0)
    signed = (1.0 - far) * height + far * sign * length
    away = (1.0 - far)[:, None] * normal + far[:, None] * sign[:, None] * offset / length[:, None]
    return np.concatenate([signed[:, None], away], axis=1).astype(np.float32)


@dataclass(frozen=True)
class Bend:
    """How one identity's head differs from the mean one.

    affine [3, 4]; residual [1, 3, z, y, x]: mm beyond it; vertices, normals [K, 3]: the identity's outer skin.
    """

    volume: Volume
    affine: NDArray[np.float64]
    residual: Tensor
    vertices: Field
    normals: Field

    def carried(self, points: Field) -> Field:
        """Points [N, 3] around the mean head, where they are around this one."""
        moved = np.einsum("ij,nj->ni", self.affine[:, :3].astype(np.float32), points)
        return moved + self.affine[:, 3].astype(np.float32) + self.volume.grid.sample(self.residual, points)

    def cleared(self, mean: Field, points: Field, clearance: Field) -> Field:
        """Carried points [N, 3] moved out of this identity's skin by `clearance` [N]; mean: where they came from."""
        near = self.volume.grid.sample(self.volume.skin[:, :1], mean)[:, 0]
        close = np.flatnonzero(near < 8.0)
        if not len(close):
            return points
        out = points.copy()
        voxels = self.volume.grid.voxels(mean[close])
        # In the fold behind an ear both walls count, whichever is nearer.
        walls = self.volume.nearest[:, voxels]
        folded = np.flatnonzero((walls[1] != walls[0]) | (walls[2] != walls[0]))
        for which, start in (
            (close, walls[0]),
            (close[folded], walls[1, folded]),
            (close[folded], walls[2, folded]),
        ) * 2:
            vertex = walk(out[which], start, self.vertices, self.volume.ring, 2)
            normal = self.normals[vertex]
            height = np.einsum("nc,nc->n", out[which] - self.vertices[vertex], normal)
            push = np.clip(clearance[which] - height, 0.0, 14.0)
            # A wall that is far does not push.
            push = np.where(norm(out[which] - self.vertices[vertex]) < 9.0, push, 0.0)
            out[which] += normal * push[:, None]
        return out


def bend(volume: Volume, skin: Field) -> Bend:
    """The bend of an identity whose model vertices are `skin` [V, 3] in millimetres."""
    target = skin[volume.numbers].astype(np.float32)
    source = np.concatenate([volume.vertices, np.ones((len(target), 1), np.float32)], axis=1).astype(np.float64)
    gram = np.einsum("ni,nj->ij", source, source)
    affine = np.linalg.solve(gram, np.einsum("ni,nj->ij", source, target)).T
    residual = target - np.einsum("ij,nj->ni", affine, source).astype(np.float32)
    grid = volume.grid
    nearest = volume.nearest[0].reshape(grid.shape)[::BEND_STRIDE, ::BEND_STRIDE, ::BEND_STRIDE]
    field = torch.from_numpy(np.ascontiguousarray(residual[nearest].transpose(3, 2, 1, 0)))[None]
    near = functional.avg_pool3d(field, 3, 1, 1, count_include_pad=False)
    far = functional.avg_pool3d(field, 5, 3, 2, count_include_pad=False)
    far = functional.avg_pool3d(far, 3, 1, 1, count_include_pad=False)
    far = functional.interpolate(far, field.shape[2:], mode="trilinear", align_corners=True)
    away = volume.skin[:, :1, ::BEND_STRIDE, ::BEND_STRIDE, ::BEND_STRIDE]
    share = ((away - 8.0) / 30.0).clamp(0.0, 1.0)
    return Bend(volume, affine, near * (1 - share) + far * share, target, vertex_normals(target, volume.triangles))
