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

Float32 = NDArray[np.float32]
Int = NDArray[np.int64]

STEP: Final = 4.0
"""Edge of a voxel in mm."""
MARGIN: Final = 44.0
"""The grid reaches so far beyond the skin."""
COARSE: Final = 2
BEND_STRIDE: Final = 2
RING: Final = 10


def _norm(vectors: Float32) -> Float32:
    return np.sqrt(np.einsum("nc,nc->n", vectors, vectors))


@dataclass(frozen=True)
class Grid:
    """A box of voxels: origin [3] and counts along x, y, z."""

    origin: Float32
    shape: tuple[int, int, int]

    def centres(self, stride: int = 1) -> Float32:
        axes = [self.origin[a] + STEP * np.arange(0, self.shape[a], stride, dtype=np.float32) for a in range(3)]
        return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)

    def sample(self, field: Tensor, points: Float32) -> Float32:
        """Trilinear values [N, C] of a field [1, C, z, y, x] (any resolution over the same box); clamped outside."""
        extent = (np.asarray(self.shape, np.float32) - 1.0) * np.float32(STEP)
        where = torch.from_numpy((points - self.origin) * (2.0 / extent) - np.float32(1.0))
        values = functional.grid_sample(
            field, where.view(1, 1, 1, -1, 3), mode="bilinear", padding_mode="border", align_corners=True
        )
        return values.view(field.shape[1], -1).T.numpy()

    def voxels(self, points: Float32) -> Int:
        """Flat number of the voxel nearest to each point."""
        cell = np.rint((points - self.origin) * np.float32(1.0 / STEP)).astype(np.int64)
        cell = np.clip(cell, 0, np.asarray(self.shape) - 1)
        return (cell[:, 0] * self.shape[1] + cell[:, 1]) * self.shape[2] + cell[:, 2]


@dataclass(frozen=True)
class Shoulders:
    """A bust that the head does not have, for hair to rest on: two capsules along the shoulders and an ellipsoid.

    neck [3]: centre of the collar; scale: of the head against an ordinary one.
    """

    neck: Float32
    scale: float

    def distance(self, points: Float32) -> tuple[Float32, Float32]:
        """Signed distance [N] and the way out [N, 3]."""
        local = (points - self.neck) / np.float32(self.scale)
        left = local[:, 0] < 0
        local[:, 0] = np.abs(local[:, 0])
        away = local - _SHOULDER
        t = np.clip(np.einsum("nc,c->n", away, _ALONG) / np.float32(_ALONG @ _ALONG), 0.0, 1.0)
        away -= t[:, None] * _ALONG
        length = np.maximum(_norm(away), np.float32(1e-3))
        shoulder = length - (np.float32(46.0) - np.float32(4.0) * t)
        normal = away / length[:, None]
        # Hair that meets a shoulder from above slips off to the front or to the back, not outwards.
        forward = np.where(local[:, 2] > -6.0, np.float32(1.1), np.float32(-1.1))
        normal[:, 2] += forward * np.clip(np.float32(1.4) - 2 * np.abs(normal[:, 2]), 0.0, 1.0)
        normal[:, 0] = np.minimum(normal[:, 0], 0.0)
        offset = local - _CHEST
        scaled = offset * _INVERSE
        outward = scaled * _INVERSE
        k0, k1 = _norm(scaled), np.maximum(_norm(outward), np.float32(1e-6))
        chest = k0 * (k0 - 1) / k1
        outward[:, 0] *= np.float32(0.1)
        nearer = chest < shoulder
        value = np.where(nearer, chest, shoulder) * np.float32(self.scale)
        direction = np.where(nearer[:, None], outward, normal)
        direction /= np.maximum(_norm(direction), np.float32(1e-9))[:, None]
        direction[left, 0] *= -1
        return value, direction


_SHOULDER: Final = np.array([0, -44, -14], np.float32)
_ALONG: Final = np.array([162, -44, -6], np.float32)
_CHEST: Final = np.array([0, -172, -14], np.float32)
_INVERSE: Final = np.float32(1.0) / np.array([150, 150, 92], np.float32)


@dataclass(frozen=True)
class Volume:
    """Distance fields around the mean head.

    vertices [K, 3]: the outer skin's; numbers [K]: theirs in the model; normals [K, 3]; ring [K, RING]: each vertex and
    its neighbours; nearest [voxels]: into vertices; skin, skull: [1, 4, z, y, x] signed distance and outward
    direction, with and without the ears; ears [1, 1, z, y, x]: distance to the nearest vertex of an ear.
    """

    grid: Grid
    vertices: Float32
    numbers: Int
    triangles: Int
    ring: Int
    nearest: Int
    skin: Tensor
    skull: Tensor
    ears: Tensor
    shoulders: Shoulders

    def distance(self, points: Float32, ears: bool = True) -> tuple[Float32, Float32]:
        """Signed distance [N] to skin and shoulders (positive outside) and outward direction [N, 3]."""
        values = self.grid.sample(self.skin if ears else self.skull, points)
        near, away = values[:, 0].copy(), values[:, 1:].copy()
        away /= np.maximum(_norm(away), np.float32(1e-6))[:, None]
        # The neck goes on below the grid as a column; to the sides and above it the way to the grid counts.
        low, high = self.grid.origin, self.grid.origin + np.float32(STEP) * (np.array(self.grid.shape, np.float32) - 1)
        outside = np.flatnonzero(
            (points[:, 0] < low[0]) | (points[:, 0] > high[0]) | (points[:, 1] > high[1])
            | (points[:, 2] < low[2]) | (points[:, 2] > high[2])
        )  # fmt: skip
        if len(outside):
            beyond = points[outside] - np.clip(points[outside], low, high)
            beyond[:, 1] = np.maximum(beyond[:, 1], 0.0)
            near[outside] += _norm(beyond)
        below = np.flatnonzero(points[:, 1] < self.shoulders.neck[1] + 60.0)
        if len(below):
            here = points[below]
            bust, outward = self.shoulders.distance(here)
            closer = bust < near[below]
            near[below] = np.minimum(near[below], bust)
            # Down there hair is held together: what is in the way sends it back or forward, hardly outwards.
            part = np.clip((self.shoulders.neck[1] + 40.0 - here[:, 1]) / 40.0, 0.0, 1.0)
            neck = away[below]
            neck[:, 0] *= 1.0 - np.float32(0.55) * part
            neck /= np.maximum(_norm(neck), np.float32(1e-6))[:, None]
            away[below] = np.where(closer[:, None], outward, neck)
        return near, away

    def ear_distance(self, points: Float32) -> Float32:
        """Millimetres [N] to the nearest ear, exact to a voxel."""
        return self.grid.sample(self.ears, points)[:, 0]

    def pushed_out(self, points: Float32, clearance: Float32 | float, ears: bool = True, times: int = 2) -> Float32:
        """Points [N, 3] moved out of the skin until they are `clearance` (one or [N]) away."""
        points = points.copy()
        wanted = np.broadcast_to(np.asarray(clearance, np.float32), (len(points),))
        left = np.arange(len(points))
        for _ in range(times):
            near, away = self.distance(points[left], ears)
            short = np.flatnonzero(near < wanted[left])
            left = left[short]
            if not len(left):
                break
            points[left] += away[short] * (wanted[left] - near[short])[:, None]
        return points

    def settled(self, points: Float32, height: Float32, times: int = 3) -> Float32:
        """Points moved along the skull's normals (ears left out) until they lie at `height` [N] above it."""
        points = points.copy()
        for _ in range(times):
            near, away = self.distance(points, ears=False)
            points += away * (height - near)[:, None]
        return points


def build_volume(
    vertices: Float32, numbers: Int, triangles: Int, ear: NDArray[np.bool_], shoulders: Shoulders
) -> Volume:
    """The volume around the outer skin: vertices [K, 3] mm, triangles [T, 3] into them, ear bool [K]."""
    low, high = vertices.min(0) - MARGIN, vertices.max(0) + MARGIN
    low[1] = vertices[:, 1].min() + 4.0  # what lies below the collar is the neck's column
    shape = tuple(int(n) for n in np.ceil((high - low) / (STEP * COARSE)).astype(int) * COARSE + 1)
    grid = Grid(low.astype(np.float32), (shape[0], shape[1], shape[2]))
    ring = _ring(triangles, len(vertices))
    normals = vertex_normals(vertices, triangles)
    nearest = _nearest(grid, vertices, ring, np.ones(len(vertices), bool))
    bare = _nearest(grid, vertices, ring, ~ear)
    lobe = _nearest(grid, vertices, ring, ear)
    gap = np.linalg.norm(grid.centres() - vertices[lobe], axis=1).reshape(1, 1, *grid.shape)
    return Volume(
        grid=grid,
        vertices=vertices,
        numbers=numbers,
        triangles=triangles,
        ring=ring,
        nearest=nearest,
        skin=_field(grid, vertices, normals, nearest),
        skull=_field(grid, vertices, normals, bare),
        ears=torch.from_numpy(np.ascontiguousarray(gap.transpose(0, 1, 4, 3, 2), dtype=np.float32)),
        shoulders=shoulders,
    )


def vertex_normals(vertices: Float32, triangles: Int) -> Float32:
    """Area-weighted unit normals [K, 3]."""
    a, b, c = (vertices[triangles[:, i]] for i in range(3))
    face = np.cross(b - a, c - a)
    normals = np.stack(
        [np.bincount(triangles.ravel(), np.repeat(face[:, axis], 3), len(vertices)) for axis in range(3)], axis=1
    )
    return (normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)).astype(np.float32)


def _ring(triangles: Int, count: int) -> Int:
    """Each vertex and up to RING - 1 neighbours; padded with the vertex itself."""
    pairs = np.unique(np.concatenate([triangles[:, [a, b]] for a in range(3) for b in range(3) if a != b]), axis=0)
    starts = np.searchsorted(pairs[:, 0], np.arange(count))
    order = np.arange(len(pairs)) - starts[pairs[:, 0]] + 1
    ring = np.repeat(np.arange(count)[:, None], RING, axis=1)
    kept = order < RING
    ring[pairs[kept, 0], order[kept]] = pairs[kept, 1]
    return ring


def _nearest(grid: Grid, vertices: Float32, ring: Int, usable: NDArray[np.bool_]) -> Int:
    """Nearest usable vertex of each voxel: all against a share of them on a coarse grid, refined over neighbours."""
    some = np.flatnonzero(usable)
    seeds = some[np.argsort(z_order(vertices[some]), kind="stable")][::6]
    coarse = grid.centres(COARSE)
    targets = torch.from_numpy(vertices[seeds])
    found = [torch.cdist(part, targets).argmin(1) for part in torch.from_numpy(coarse).split(4096)]
    first = seeds[torch.cat(found).numpy()]
    own = np.where(usable[ring], ring, ring[:, :1])
    first = _walk(coarse, first, vertices, own, 4)
    cells = tuple((n - 1) // COARSE + 1 for n in grid.shape)
    cube = first.reshape(cells)
    index = [np.arange(n) for n in grid.shape]
    centres = grid.centres()
    best = np.full(len(centres), np.inf, np.float32)
    nearest = np.zeros(len(centres), np.int64)
    for corner in np.ndindex(2, 2, 2):
        picks = np.ix_(*[(i + c * (COARSE - 1)) // COARSE for i, c in zip(index, corner, strict=True)])
        candidate = cube[picks].reshape(-1)
        offset = centres - vertices[candidate]
        distance = np.einsum("nc,nc->n", offset, offset)
        closer = distance < best
        best[closer], nearest[closer] = distance[closer], candidate[closer]
    return _walk(centres, nearest, vertices, own, 1)


def z_order(points: Float32) -> Int:
    """Places of points [N, 3] on a Z-order curve: neighbours along it are neighbours in space."""
    low, high = points.min(0), points.max(0)
    cells = np.clip((points - low) / (high - low).max() * 255.0, 0, 255).astype(np.int64)
    code = np.zeros(len(points), np.int64)
    for bit in range(8):
        for axis in range(3):
            code |= ((cells[:, axis] >> bit) & 1) << (3 * bit + axis)
    return code


def _walk(points: Float32, start: Int, vertices: Float32, ring: Int, steps: int) -> Int:
    """From each start to the neighbour nearest to the point, `steps` times."""
    current = start
    for _ in range(steps):
        around = ring[current]
        offset = points[:, None] - vertices[around]
        choice = np.einsum("nrc,nrc->nr", offset, offset).argmin(1)
        current = around[np.arange(len(points)), choice]
    return current


def _field(grid: Grid, vertices: Float32, normals: Float32, nearest: Int) -> Tensor:
    offset = grid.centres() - vertices[nearest]
    normal = normals[nearest]
    length = np.maximum(np.linalg.norm(offset, axis=1), 1e-6)
    height = np.einsum("nc,nc->n", offset, normal)
    sign = np.where(height < 0, -1.0, 1.0)
    # Near the skin the tangent plane is the truer surface, farther away the vertex is.
    far = np.clip((length - 5.0) / 8.0, 0.0, 1.0)
    signed = (1.0 - far) * height + far * sign * length
    away = (1.0 - far)[:, None] * normal + far[:, None] * sign[:, None] * offset / length[:, None]
    field = np.concatenate([signed[:, None], away], axis=1).astype(np.float32).reshape(*grid.shape, 4)
    return torch.from_numpy(np.ascontiguousarray(field.transpose(3, 2, 1, 0)))[None]


@dataclass(frozen=True)
class Bend:
    """How one identity's head differs from the mean one.

    affine [3, 4]; residual [1, 3, z, y, x]: mm beyond it; vertices, normals [K, 3]: the identity's outer skin.
    """

    volume: Volume
    affine: NDArray[np.float64]
    residual: Tensor
    vertices: Float32
    normals: Float32

    def carried(self, points: Float32) -> Float32:
        """Points [N, 3] around the mean head, where they are around this one."""
        moved = np.einsum("ij,nj->ni", self.affine[:, :3].astype(np.float32), points)
        return moved + self.affine[:, 3].astype(np.float32) + self.volume.grid.sample(self.residual, points)

    def cleared(self, mean: Float32, points: Float32, clearance: Float32) -> Float32:
        """Carried points [N, 3] moved out of this identity's skin by `clearance` [N]; mean: where they came from."""
        near = self.volume.grid.sample(self.volume.skin[:, :1], mean)[:, 0]
        close = np.flatnonzero(near < 8.0)
        if not len(close):
            return points
        out = points.copy()
        vertex = self.volume.nearest[self.volume.grid.voxels(mean[close])]
        for _ in range(2):
            here = out[close]
            vertex = _walk(here, vertex, self.vertices, self.volume.ring, 1)
            normal = self.normals[vertex]
            height = np.einsum("nc,nc->n", here - self.vertices[vertex], normal)
            out[close] = here + normal * np.clip(clearance[close] - height, 0.0, 14.0)[:, None]
        return out


def bend(volume: Volume, skin: Float32) -> Bend:
    """The bend of an identity whose model vertices are `skin` [V, 3] in millimetres."""
    target = skin[volume.numbers].astype(np.float32)
    source = np.concatenate([volume.vertices, np.ones((len(target), 1), np.float32)], axis=1).astype(np.float64)
    gram = np.einsum("ni,nj->ij", source, source)
    affine = np.linalg.solve(gram, np.einsum("ni,nj->ij", source, target)).T
    residual = target - np.einsum("ij,nj->ni", affine, source).astype(np.float32)
    grid = volume.grid
    nearest = volume.nearest.reshape(grid.shape)[::BEND_STRIDE, ::BEND_STRIDE, ::BEND_STRIDE]
    field = torch.from_numpy(np.ascontiguousarray(residual[nearest].transpose(3, 2, 1, 0)))[None]
    near = functional.avg_pool3d(field, 3, 1, 1, count_include_pad=False)
    far = functional.avg_pool3d(field, 5, 3, 2, count_include_pad=False)
    far = functional.avg_pool3d(far, 3, 1, 1, count_include_pad=False)
    far = functional.interpolate(far, field.shape[2:], mode="trilinear", align_corners=True)
    away = volume.skin[:, :1, ::BEND_STRIDE, ::BEND_STRIDE, ::BEND_STRIDE]
    share = ((away - 8.0) / 30.0).clamp(0.0, 1.0)
    return Bend(volume, affine, near * (1 - share) + far * share, target, vertex_normals(target, volume.triangles))
