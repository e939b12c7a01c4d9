"""A small z-buffer for looking at heads while fitting: pictures, and which surface point a pixel shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LIGHTS = (((0.35, 0.5, 0.8), 0.75), ((-0.8, 0.15, 0.5), 0.3), ((0.0, -0.6, 0.5), 0.1))
AMBIENT = 0.12


@dataclass(frozen=True)
class Camera:
    """A pinhole camera looking at `target` (metres) from `distance`, turned by yaw and pitch (radians).

    yaw > 0 looks from the subject's left; size is the picture's width and height in pixels, field the height in
    metres that fits into it at the target's depth.
    """

    target: tuple[float, float, float]
    yaw: float
    pitch: float = 0.0
    distance: float = 1.0
    field: float = 0.3
    size: int = 512

    def project(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """float64 [N, 3]: pixel x, pixel y (down), depth in metres."""
        ca, sa, cb, sb = np.cos(self.yaw), np.sin(self.yaw), np.cos(self.pitch), np.sin(self.pitch)
        turn = np.array([[1, 0, 0], [0, cb, -sb], [0, sb, cb]]) @ np.array([[ca, 0, -sa], [0, 1, 0], [sa, 0, ca]])
        local = (points - np.asarray(self.target)) @ turn.T
        depth = self.distance - local[:, 2]
        scale = self.size / self.field * self.distance / depth
        half = self.size / 2
        return np.stack([half + local[:, 0] * scale, half - local[:, 1] * scale, depth], axis=1)


@dataclass(frozen=True)
class Fragments:
    """What each pixel shows: triangle int32 [H, W] (-1: nothing) and barycentrics float32 [H, W, 3]."""

    triangle: NDArray[np.int32]
    barycentrics: NDArray[np.float32]


def triangles_of(faces: NDArray[np.int32]) -> NDArray[np.int32]:
    """int32 [T, 3] of faces [F, 4] with -1 in the last column for a triangle."""
    quads = faces[faces[:, 3] >= 0]
    return np.concatenate([faces[:, :3], quads[:, [0, 2, 3]]])


def rasterise(points: NDArray[np.floating], triangles: NDArray[np.int32], camera: Camera) -> Fragments:
    """The nearest triangle and its barycentrics at every pixel centre."""
    size = camera.size
    corners = camera.project(points)[triangles]
    low = np.clip(np.ceil(corners[:, :, :2].min(1) - 0.5), 0, size).astype(np.int64)
    high = np.clip(np.floor(corners[:, :, :2].max(1) - 0.5) + 1, 0, size).astype(np.int64)
    extent = np.maximum(high - low, 0)
    count = extent[:, 0] * extent[:, 1]
    owner = np.repeat(np.arange(len(triangles)), count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    x = low[owner, 0] + within % np.maximum(extent[owner, 0], 1)
    y = low[owner, 1] + within // np.maximum(extent[owner, 0], 1)
    a, b, c = (corners[owner, k] for k in range(3))
    px, py = x + 0.5, y + 0.5
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    area = np.where(np.abs(area) < 1e-12, np.nan, area)
    v = ((px - a[:, 0]) * (c[:, 1] - a[:, 1]) - (py - a[:, 1]) * (c[:, 0] - a[:, 0])) / area
    w = ((b[:, 0] - a[:, 0]) * (py - a[:, 1]) - (b[:, 1] - a[:, 1]) * (px - a[:, 0])) / area
    u = 1 - v - w
    hit = (u >= -1e-9) & (v >= -1e-9) & (w >= -1e-9)
    owner, x, y, u, v, w = owner[hit], x[hit], y[hit], u[hit], v[hit], w[hit]
    depth = u * a[hit, 2] + v * b[hit, 2] + w * c[hit, 2]
    order = np.argsort(-depth, kind="stable")
    triangle = np.full((size, size), -1, dtype=np.int32)
    barycentrics = np.zeros((size, size, 3), dtype=np.float32)
    triangle[y[order], x[order]] = owner[order]
    barycentrics[y[order], x[order]] = np.stack([u, v, w], axis=1)[order]
    return Fragments(triangle, barycentrics)


def vertex_normals(points: NDArray[np.floating], triangles: NDArray[np.int32]) -> NDArray[np.float64]:
    """Area-weighted unit normals, float64 [V, 3]."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    cross = np.cross(b - a, c - a)
    normals = np.stack(
        [np.bincount(triangles.ravel(), np.repeat(cross[:, axis], 3), minlength=len(points)) for axis in range(3)],
        axis=1,
    )
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-20)


def picture(
    points: NDArray[np.floating], faces: NDArray[np.int32], camera: Camera, colours: NDArray[np.floating] | None = None
) -> NDArray[np.uint8]:
    """uint8 [H, W, 3]: smooth-shaded clay, or the vertex colours [V, 3] (linear 0..1) under the same lights."""
    triangles = triangles_of(faces)
    fragments = rasterise(points, triangles, camera)
    seen = fragments.triangle >= 0
    corners = triangles[fragments.triangle[seen]]
    weights = fragments.barycentrics[seen][:, :, None]
    normals = (vertex_normals(points, triangles)[corners] * weights).sum(1)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    light = np.full(len(normals), AMBIENT)
    ca, sa = np.cos(camera.yaw), np.sin(camera.yaw)
    for direction, strength in LIGHTS:
        d = np.asarray(direction) / np.linalg.norm(direction)
        d = np.array([d[0] * ca + d[2] * sa, d[1], -d[0] * sa + d[2] * ca])
        light += strength * np.clip(normals @ d, 0, None)
    albedo = np.full((len(normals), 3), 0.62) if colours is None else (colours[corners] * weights).sum(1)
    image = np.full((camera.size, camera.size, 3), 0.07)
    image[seen] = albedo * light[:, None]
    return (np.clip(image, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)
