"""Voxels around a mesh: trilinear sampling, and which vertex is nearest to each. Millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from headsmith_server.texture.arrays import Field

Int = NDArray[np.int64]

STEP: Final = 4.0
"""Edge of a voxel in mm."""
COARSE: Final = 2
RING: Final = 10


def norm(vectors: Field) -> Field:
    return np.sqrt(np.einsum("nc,nc->n", vectors, vectors))


@dataclass(frozen=True)
class Grid:
    """A box of voxels: origin [3] and counts along x, y, z."""

    origin: Field
    shape: tuple[int, int, int]

    def centres(self, stride: int = 1) -> Field:
        axes = [self.origin[a] + STEP * np.arange(0, self.shape[a], stride, dtype=np.float32) for a in range(3)]
        return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)

    def sample(self, field: Tensor, points: Field) -> Field:
        """Trilinear values [N, C] of a field [1, C, z, y, x] (any resolution over the same box); clamped outside."""
        extent = (np.asarray(self.shape, np.float32) - 1.0) * np.float32(STEP)
        where = torch.from_numpy((points - self.origin) * (2.0 / extent) - np.float32(1.0))
        values = functional.grid_sample(
            field, where.view(1, 1, 1, -1, 3), mode="bilinear", padding_mode="border", align_corners=True
        )
        return values.view(field.shape[1], -1).T.numpy()

    def tensor(self, values: Field) -> Tensor:
        """A field [1, C, z, y, x] for `sample` from values [voxels, C] at the centres."""
        cube = values.reshape(*self.shape, -1).astype(np.float32)
        return torch.from_numpy(np.ascontiguousarray(cube.transpose(3, 2, 1, 0)))[None]

    def voxels(self, points: Field) -> Int:
        """Flat number of the voxel nearest to each point."""
        cell = np.rint((points - self.origin) * np.float32(1.0 / STEP)).astype(np.int64)
        cell = np.clip(cell, 0, np.asarray(self.shape) - 1)
        return (cell[:, 0] * self.shape[1] + cell[:, 1]) * self.shape[2] + cell[:, 2]


def ring_of(triangles: Int, count: int) -> Int:
    """Each vertex and up to RING - 1 neighbours; padded with the vertex itself."""
    pairs = np.unique(np.concatenate([triangles[:, [a, b]] for a in range(3) for b in range(3) if a != b]), axis=0)
    starts = np.searchsorted(pairs[:, 0], np.arange(count))
    order = np.arange(len(pairs)) - starts[pairs[:, 0]] + 1
    ring = np.repeat(np.arange(count)[:, None], RING, axis=1)
    kept = order < RING
    ring[pairs[kept, 0], order[kept]] = pairs[kept, 1]
    return ring


def nearest_vertices(grid: Grid, vertices: Field, ring: Int) -> Int:
    """Nearest vertex of each voxel: a search on a coarse grid, handed to the voxels between and refined there."""
    coarse = grid.centres(COARSE)
    first = nearest_to(coarse, vertices, ring, np.arange(len(vertices)))
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
    return walk(centres, nearest, vertices, ring, 1)


def nearest_to(points: Field, vertices: Field, ring: Int, usable: Int) -> Int:
    """The usable vertex nearest to each point: the best of a spread sixth of them, then from neighbour to neighbour."""
    seeds = usable[np.argsort(z_order(vertices[usable]), kind="stable")][::6]
    targets = torch.from_numpy(vertices[seeds])
    found = [
        torch.cdist(part, targets, compute_mode="donot_use_mm_for_euclid_dist").argmin(1)
        for part in torch.from_numpy(points).split(4096)
    ]
    allowed = np.zeros(len(vertices), bool)
    allowed[usable] = True
    own = np.where(allowed[ring], ring, ring[:, :1])
    return walk(points, seeds[torch.cat(found).numpy()], vertices, own, 4)


def walk(points: Field, start: Int, vertices: Field, ring: Int, steps: int) -> Int:
    """From each start to the neighbour nearest to the point, `steps` times."""
    current = start
    for _ in range(steps):
        around = ring[current]
        offset = points[:, None] - vertices[around]
        choice = np.einsum("nrc,nrc->nr", offset, offset).argmin(1)
        current = around[np.arange(len(points)), choice]
    return current


def z_order(points: Field) -> Int:
    """Places of points [N, 3] on a Z-order curve: neighbours along it are neighbours in space."""
    low, high = points.min(0), points.max(0)
    cells = np.clip((points - low) / (high - low).max() * 255.0, 0, 255).astype(np.int64)
    code = np.zeros(len(points), np.int64)
    for bit in range(8):
        for axis in range(3):
            code |= ((cells[:, axis] >> bit) & 1) << (3 * bit + axis)
    return code
