"""The skin as the parts see it: positions, faces, the loops they rest on, and points thrown onto its front."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scripts.pocket_head.quads import Points


@dataclass(frozen=True)
class SkinFrame:
    """positions [S, 3] metres; faces [F, 4] (-1 for triangles); mirror [S]; loops by name. Lid margins begin at the
    nasal corner and run over the upper lid."""

    positions: Points
    faces: NDArray[np.int32]
    mirror: NDArray[np.int32]
    loops: Mapping[str, NDArray[np.int32]]

    def triangles(self) -> NDArray[np.int32]:
        """Every quad cut in two, [T, 3]."""
        quads = self.faces
        second = quads[quads[:, 3] >= 0][:, [0, 2, 3]]
        return np.concatenate([quads[:, :3], second]).astype(np.int32)

    def neighbours(self) -> list[set[int]]:
        """The vertices at the other end of each vertex's edges."""
        result: list[set[int]] = [set() for _ in range(len(self.positions))]
        for face in self.faces:
            ring = [int(v) for v in face if v >= 0]
            for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
                result[a].add(b)
                result[b].add(a)
        return result


@dataclass(frozen=True)
class FrontHits:
    """Where points of the frontal plane meet the skin: triangle corners and barycentrics [N, 3], points
    [N, 3], unit normals [N, 3]."""

    corners: NDArray[np.int32]
    barycentrics: Points
    points: Points
    normals: Points


def throw_on_front(skin: SkinFrame, xy: Points, window: float = 0.02) -> FrontHits:
    """Drop points [N, 2] along -z onto the foremost skin; the normal is interpolated from the vertices.

    Raises ValueError when a point misses the skin.
    """
    triangles = skin.triangles()
    corners = skin.positions[triangles]
    low, high = xy.min(axis=0) - window, xy.max(axis=0) + window
    near = ((corners[:, :, :2] > low) & (corners[:, :, :2] < high)).any(axis=1).all(axis=1) & (
        corners[..., 2].max(1) > 0.03
    )
    triangles, corners = triangles[near], corners[near]
    a, b, c = corners[:, 0, :2], corners[:, 1, :2], corners[:, 2, :2]
    area = _cross(b - a, c - a)
    keep = area > 1e-12  # facing forward
    triangles, corners, a, b, c, area = triangles[keep], corners[keep], a[keep], b[keep], c[keep], area[keep]
    chosen = np.full(len(xy), -1)
    weights = np.zeros((len(xy), 3))
    for i, point in enumerate(xy):
        wb, wc = _cross(point - a, c - a) / area, _cross(b - a, point - a) / area
        inside = (wb >= -1e-9) & (wc >= -1e-9) & (wb + wc <= 1 + 1e-9)
        if not inside.any():
            raise ValueError(f"no skin in front of ({point[0]:.4f}, {point[1]:.4f})")
        depth = np.where(
            inside, (1 - wb - wc) * corners[:, 0, 2] + wb * corners[:, 1, 2] + wc * corners[:, 2, 2], -np.inf
        )
        chosen[i] = int(np.argmax(depth))
        weights[i] = 1 - wb[chosen[i]] - wc[chosen[i]], wb[chosen[i]], wc[chosen[i]]
    hit = triangles[chosen]
    normals = np.einsum("nc,ncx->nx", weights, vertex_normals(skin)[hit])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return FrontHits(hit, weights, np.einsum("nc,ncx->nx", weights, skin.positions[hit]), normals)


def vertex_normals(skin: SkinFrame) -> Points:
    """Area-weighted unit normals [S, 3]."""
    triangles = skin.triangles()
    p = skin.positions[triangles]
    normal = np.cross(p[:, 1] - p[:, 0], p[:, 2] - p[:, 0])
    total = np.zeros_like(skin.positions)
    for corner in range(3):
        np.add.at(total, triangles[:, corner], normal)
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)


def _cross(u: Points, v: Points) -> Points:
    return u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
