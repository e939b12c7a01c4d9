"""What the painters know about a model's skin before any person is painted: rasters, regions, lips, seams, curves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.heads.protocol import HeadModel, Topology
from headsmith_server.texture.arrays import Field
from headsmith_server.texture.canvas import Canvas, no_tick, rasterise
from headsmith_server.texture.creases import Crease, place_creases
from headsmith_server.texture.noise import enlarge
from headsmith_server.texture.regions import Regions, draw_regions, smoothstep

REGION_SIZE: Final = 512
FIELD_SIZE: Final = 1024
GUTTER_TEXELS_AT_2K: Final = 24
"""How far the maps go on beyond their islands before the plain background begins."""


@dataclass(frozen=True)
class LipFrame:
    """The vermilion on the field raster [F, F]: signed distance in mm (positive inside), inward 0 at the border ..
    1 at the line between the lips, upper 1 on the upper lip, along_mm from the middle to the subject's left."""

    signed_mm: Field
    inward: Field
    upper: Field
    along_mm: Field


@dataclass(frozen=True)
class SkinSurface:
    """Fixed for a model and a map size.

    size: texels of the finished maps; field: the raster of smooth fields (at most FIELD_SIZE); positions [F, F, 3] in
    metres on the mean head; seam [F, F]: 0 on the borders of the islands .. 1 from 1.2 mm inside; texel_mm: usual
    length of a texel of the finished maps on the face; landmarks_mm [68, 3] on the mean; area_weight [F, F]: area of
    a texel relative to the usual one.
    """

    size: int
    field: Canvas
    positions: Field
    regions: Regions
    lips: LipFrame
    seam: Field
    creases: tuple[Crease, ...]
    landmarks_mm: Field
    area_weight: Field
    texel_mm: float

    @property
    def regions_front(self) -> Field:
        """The mask "front" on the field raster."""
        return enlarge(self.regions["front"], self.field.size)

    @cached_property
    def vertex_count(self) -> int:
        """Vertices of the skin part."""
        return int(self.field.triangles.corners.max()) + 1

    @cached_property
    def near(self) -> NDArray[np.int64]:
        """Flat indices of the field raster's texels on or near an island: the others are never seen."""
        reach = GUTTER_TEXELS_AT_2K * self.field.size / 2048.0
        return np.flatnonzero(self.field.gutter <= max(reach, 3.0) + 2.0)

    @cached_property
    def covered(self) -> NDArray[np.bool_]:
        """Where an island is on the finished maps, [S, S]."""
        covered = self.field.covered.astype(np.uint8)
        return cv2.resize(covered, (self.size, self.size), interpolation=cv2.INTER_NEAREST).astype(bool)

    @cached_property
    def outside(self) -> NDArray[np.bool_]:
        """Where no island is near on the finished maps, [S, S]: there they are plain."""
        reach = GUTTER_TEXELS_AT_2K * self.field.size / 2048.0
        far = (self.field.gutter > max(reach, 3.0)).astype(np.uint8)
        return cv2.resize(far, (self.size, self.size), interpolation=cv2.INTER_NEAREST).astype(bool)


_CACHE: dict[tuple[str, int], SkinSurface] = {}
_CACHED_SURFACES: Final = 4


def skin_surface(model: HeadModel, size: int, tick: Callable[[], None] = no_tick) -> SkinSurface:
    """The surface of a model at a map size, kept for the next call (the last four)."""
    key = (model.sha256, size)
    if key not in _CACHE:
        mean = mean_vertices(model)
        surface = build_surface(model.topology, mean, size, tick)
        while len(_CACHE) >= _CACHED_SURFACES:
            _CACHE.pop(next(iter(_CACHE)))
        _CACHE[key] = surface
    return _CACHE[key]


def mean_vertices(model: HeadModel) -> Field:
    """Vertices [V, 3] in metres of the model's mean head."""
    with torch.no_grad():
        return model.vertices(torch.zeros(1, model.identity_size))[0].cpu().numpy().astype(np.float32)


def build_surface(topology: Topology, mean: Field, size: int, tick: Callable[[], None] = no_tick) -> SkinSurface:
    """Compute the surface; mean [V, 3] in metres. About a second at 1024 texels and above."""
    skin = topology.part("skin")
    coarse = rasterise(skin, min(size, REGION_SIZE), tick)
    regions = None
    for step in draw_regions(topology, mean, coarse):
        tick()
        regions = step
    assert regions is not None
    field = rasterise(skin, min(size, FIELD_SIZE), tick)
    positions = field.interpolate(mean[: len(skin.vertices)])
    tick()
    metric = field.metric(mean[: len(skin.vertices)])
    face = field.covered & (positions[..., 2] > 0.05)
    if not face.any():
        face = field.covered
    field_mm = float(np.median(metric[face][:, 0])) * 1000.0
    inside = cv2.distanceTransform(
        cv2.copyMakeBorder(field.covered.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,)), cv2.DIST_L2, 5
    )[1:-1, 1:-1]
    seam = smoothstep(0.5, 0.5 + max(1.2 / field_mm, 2.0), inside.astype(np.float32))
    tick()
    lips = _lip_frame(topology, mean, field, positions, metric)
    tick()
    creases = place_creases(topology, mean, coarse, regions, tick)
    landmarks = topology.landmarks["multi_pie_68"].positions(mean) * np.float32(1000.0)
    area = np.clip(metric[..., 0] * metric[..., 2] * np.float32(1e6 / field_mm**2), 0.0, 20.0)
    return SkinSurface(
        size, field, positions, regions, lips, seam, creases, landmarks, area, field_mm * field.size / size
    )


def _lip_frame(topology: Topology, mean: Field, field: Canvas, positions: Field, metric: Field) -> LipFrame:
    """Distances are measured in the UV layout and scaled by the lips' own texel size."""
    uv_of = _uv_of_vertices(field)
    outline = _texels(closed_spline(uv_of[topology.loops["lips_outer"]], 6), field.size)
    inside = np.zeros((field.size, field.size), np.uint8)
    cv2.fillPoly(inside, [outline], (255,), cv2.LINE_8, shift=4)
    texel_mm = float(np.sqrt(np.median((metric[..., 0] * metric[..., 2])[(inside > 0) & field.covered]))) * 1000.0
    outwards = cv2.distanceTransform(255 - inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    inwards = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    signed = np.where(inside > 0, inwards - 0.5, 0.5 - outwards) * np.float32(texel_mm)
    points = positions * np.float32(1000.0)
    line = _lip_line(topology, mean)
    rim = np.full((field.size, field.size), 255, np.uint8)
    for name in ("lip_line_upper", "lip_line_lower"):
        if name in topology.loops:
            path = _texels(uv_of[topology.loops[name]], field.size)
            cv2.polylines(rim, [path], False, (0,), 1, cv2.LINE_8, shift=4)
    if rim.min() == 255:
        rim[np.abs(points[..., 1] - np.interp(points[..., 0], *_sorted_by_x(line))) < texel_mm] = 0
    to_line = cv2.distanceTransform(rim, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) * np.float32(texel_mm)
    inward = np.where(signed > 0, signed / np.maximum(signed + to_line, 1e-3), 0.0).astype(np.float32)
    middle_y = np.interp(points[..., 0], *_sorted_by_x(line)).astype(np.float32)
    upper = smoothstep(-0.6, 0.6, points[..., 1] - middle_y)
    return LipFrame(signed.astype(np.float32), inward, upper, np.ascontiguousarray(points[..., 0]))


def _texels(uv: Field, size: int) -> NDArray[np.int32]:
    """UV [N, 2] as texel positions in sixteenths, for OpenCV's drawing functions."""
    texels = np.stack([uv[:, 0], 1.0 - uv[:, 1]], axis=1) * size - 0.5
    return np.round(texels * 16).astype(np.int32)


def _lip_line(topology: Topology, mean: Field) -> Field:
    """The line between the closed lips in mm, ordered from the subject's right to the left."""
    if "lip_line_upper" in topology.loops:
        line = mean[topology.loops["lip_line_upper"]] * np.float32(1000.0)
    else:
        inner = topology.landmarks["multi_pie_68"].positions(mean)[[60, 61, 62, 63, 64, 65, 66, 67]]
        line = inner[[0, 1, 2, 3, 4]] * np.float32(1000.0)
    return line if line[0, 0] <= line[-1, 0] else line[::-1]


def _sorted_by_x(line: Field) -> tuple[Field, Field]:
    order = np.argsort(line[:, 0], kind="stable")
    return line[order, 0], line[order, 1]


def _uv_of_vertices(canvas: Canvas) -> Field:
    """One UV per part vertex [V, 2]: that of its last corner (loops around the lips lie inside one island)."""
    triangles = canvas.triangles
    uv = np.zeros((int(triangles.corners.max()) + 1, 2), np.float32)
    uv[triangles.corners.ravel()] = triangles.uvs[triangles.uv_corners.ravel()]
    return uv


def closed_spline(points: Field, steps: int) -> Field:
    """Catmull-Rom curve through a closed ring of points [N, C], `steps` samples per side: [N * steps, C]."""
    before, after, later = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0), np.roll(points, -2, axis=0)
    t = (np.arange(steps, dtype=np.float32) / np.float32(steps))[None, :, None]
    p0, p1, p2, p3 = (p[:, None, :] for p in (before, points, after, later))
    curve = 0.5 * (
        2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t * t + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )
    return curve.reshape(-1, points.shape[1]).astype(np.float32)
