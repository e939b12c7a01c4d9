"""The UV raster of a part: which triangle covers a texel and with which barycentrics, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from headsmith_server.heads.protocol import PartTopology
from headsmith_server.texture.arrays import Field

Int32 = NDArray[np.int32]


def no_tick() -> None:
    """A tick that never cancels."""


@dataclass(frozen=True)
class Triangles:
    """A part cut into triangles: corners [T, 3] (part vertices), uv_corners [T, 3] (into uvs), uvs [U, 2]."""

    corners: Int32
    uv_corners: Int32
    uvs: Field


def triangles_of(part: PartTopology) -> Triangles:
    """Quads are cut along the first diagonal; the last corner -1 marks a triangle."""
    quad = part.faces[:, 3] >= 0

    def cut(faces: Int32) -> Int32:
        return np.concatenate([faces[:, :3], faces[quad][:, [0, 2, 3]]]).astype(np.int32)

    return Triangles(cut(part.faces), cut(part.uv_faces), part.uvs.astype(np.float32))


@dataclass(frozen=True)
class Canvas:
    """Texel [row, column] lies at u = (column + 0.5) / size, v = 1 - (row + 0.5) / size.

    triangle int32 [S, S]: index into triangles, the nearest covered texel's one outside the islands;
    barycentrics float32 [S, S, 3], clamped outside; covered bool [S, S]: inside an island;
    gutter float32 [S, S]: distance to the nearest island in texels, 0 inside.
    """

    size: int
    triangles: Triangles
    triangle: Int32
    barycentrics: Field
    covered: NDArray[np.bool_]
    gutter: Field

    def interpolate(self, values: Field) -> Field:
        """Per-vertex values [V] or [V, C] on the texels, [S, S] or [S, S, C], continued beyond the islands."""
        return self._blend(values, self.triangles.corners)

    def interpolate_uv(self, values: Field) -> Field:
        """The same for values per UV vertex (they may differ on the two sides of a seam)."""
        return self._blend(values, self.triangles.uv_corners)

    def _blend(self, values: Field, corners: Int32) -> Field:
        values = np.asarray(values, np.float32)
        flat = values.reshape(len(values), -1)
        channels = []
        for channel in range(flat.shape[1]):
            at_corners = flat[:, channel][corners]
            gathered = at_corners[self.triangle]
            channels.append(np.einsum("ijk,ijk->ij", gathered, self.barycentrics))
        return channels[0] if values.ndim == 1 else np.stack(channels, axis=-1)

    def metric(self, vertices: Field) -> Field:
        """Lengths of the UV frame on a head with part vertices [V, 3]: [S, S, 3] in metres per texel.

        Channels: |P_x|, P_x . P_y / |P_x|, |P_y perpendicular to P_x|, where x runs with u and y with v (upwards).
        Smoothed over the faces around each UV vertex.
        """
        corners, uvs = self.triangles.corners, self.triangles.uvs[self.triangles.uv_corners]
        edges = vertices[corners[:, 1:]] - vertices[corners[:, :1]]
        sides = uvs[:, 1:] - uvs[:, :1]
        determinant = sides[:, 0, 0] * sides[:, 1, 1] - sides[:, 0, 1] * sides[:, 1, 0]
        safe = np.where(np.abs(determinant) < 1e-12, 1e-12, determinant)[:, None]
        along_u = (edges[:, 0] * sides[:, 1, 1:2] - edges[:, 1] * sides[:, 0, 1:2]) / safe
        along_v = (edges[:, 1] * sides[:, 0, 0:1] - edges[:, 0] * sides[:, 1, 0:1]) / safe
        length = np.maximum(np.linalg.norm(along_u, axis=1), 1e-9)
        shear = np.einsum("tc,tc->t", along_u, along_v) / length
        across = np.sqrt(np.maximum(np.einsum("tc,tc->t", along_v, along_v) - shear**2, 1e-18))
        per_triangle = np.stack([length, shear, across], axis=1)
        weight = np.abs(determinant)
        uv_corners = self.triangles.uv_corners
        count = len(self.triangles.uvs)
        total = np.bincount(uv_corners.ravel(), np.repeat(weight, 3), count)
        smooth = (
            np.stack([np.bincount(uv_corners.ravel(), np.repeat(weight * c, 3), count) for c in per_triangle.T], axis=1)
            / np.maximum(total, 1e-20)[:, None]
        )
        return self.interpolate_uv(smooth.astype(np.float32)) / np.float32(self.size)


def rasterise(part: PartTopology, size: int, tick: Callable[[], None] = no_tick) -> Canvas:
    """The canvas of a part at size x size texels. A texel belongs to the triangle that holds its centre."""
    triangles = triangles_of(part)
    owner = np.full(size * size, -1, np.int32)
    weights = np.zeros((size * size, 3), np.float32)
    points = triangles.uvs[triangles.uv_corners].astype(np.float64) * size
    points[..., 1] = size - points[..., 1]
    low = np.clip(np.ceil(points.min(axis=1) - 0.5), 0, size).astype(np.int64)
    high = np.clip(np.floor(points.max(axis=1) - 0.5) + 1, 0, size).astype(np.int64)
    extent = np.maximum(high - low, 0)
    count = extent[:, 0] * extent[:, 1]
    bounds = np.searchsorted(np.cumsum(count), np.arange(300_000, count.sum() + 300_000, 300_000)) + 1
    start = 0
    for stop in np.unique(np.minimum(bounds, len(count))):
        tick()
        _fill(points, low, extent, count, slice(start, stop), size, owner, weights)
        start = int(stop)
    covered = (owner >= 0).reshape(size, size)
    if not covered.any():
        raise ValueError(f"part {part.name} covers no texel at size {size}")
    gutter, nearest = _nearest_covered(covered)
    tick()
    return Canvas(
        size, triangles, owner[nearest], weights[nearest], covered, gutter,
    )  # fmt: skip


def _fill(
    points: Field, low: NDArray, extent: NDArray, count: NDArray, part: slice, size: int,
    owner: Int32, weights: Field,
) -> None:  # fmt: skip
    numbers = np.repeat(np.arange(part.start, part.stop), count[part])
    if len(numbers) == 0:
        return
    starts = np.cumsum(count[part]) - count[part]
    order = np.arange(len(numbers)) - np.repeat(starts, count[part])
    width = extent[numbers, 0]
    column = low[numbers, 0] + order % width
    row = low[numbers, 1] + order // width
    a, b, c = (points[numbers, i] for i in range(3))
    x, y = column + 0.5, row + 0.5
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    area = np.where(np.abs(area) < 1e-12, np.inf, area)
    second = ((x - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (y - a[:, 1])) / area
    third = ((b[:, 0] - a[:, 0]) * (y - a[:, 1]) - (x - a[:, 0]) * (b[:, 1] - a[:, 1])) / area
    first = 1.0 - second - third
    inside = (np.minimum(np.minimum(first, second), third) >= -1e-9) & np.isfinite(area)
    texel = (row * size + column)[inside]
    owner[texel] = numbers[inside]
    weights[texel] = np.stack([first, second, third], axis=1)[inside]


def _nearest_covered(covered: NDArray[np.bool_]) -> tuple[Field, NDArray[np.int64]]:
    """Distance of each texel to the nearest covered one, and that texel's flat index [S, S]."""
    distance, labels = cv2.distanceTransformWithLabels(
        (~covered).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    labels = labels.astype(np.int64)
    index = np.zeros(int(labels.max()) + 1, np.int64)
    flat = np.flatnonzero(covered)
    index[labels.ravel()[flat]] = flat
    return distance.astype(np.float32), index[labels]
