"""Creases drawn as strokes and pressed into the skin: a valley between two soft ridges."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import cv2
import numpy as np

from headsmith_server.texture.arrays import Field
from headsmith_server.texture.canvas import no_tick
from headsmith_server.texture.creases import Crease

Stroke = tuple[Field, Field]
"""Texel positions [N, 2] of a line and the depths in mm of its pieces [N - 1]."""


def crease_hands(creases: Sequence[Crease], generator: np.random.Generator) -> Field:
    """A person's own draws [courses, 3, 4], one row per course: tremor, presence, shift. The pieces of a course agree,
    and no wrinkle depends on the others being there."""
    return generator.standard_normal((max((c.number for c in creases), default=-1) + 1, 3, 4))


def crease_stroke(crease: Crease, depth: float, hand: Field, size: int, texel_mm: float) -> Stroke:
    """The crease with a hand's tremor [3, 4] on a raster of size x size texels."""
    wobble, _, shift = hand
    uv, t = crease.uv, crease.along
    tremor = np.full_like(t, 1.6 * shift[1])
    tremor += sum(
        w / (k + 1.5) * np.sin((k + 1) * 2.7 * np.pi * t + 3 * s)
        for k, (w, s) in enumerate(zip(wobble, shift, strict=True))
    )
    points = np.stack([uv[:, 0], 1.0 - uv[:, 1]], axis=1) * size - 0.5
    along = np.gradient(points, axis=0)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-6)
    points = points + across * (0.55 / texel_mm * tremor)[:, None]
    taper = np.clip(np.sin(np.pi * np.clip(t, 0.02, 0.98)) * 1.8, 0.0, 1.0)
    depths = depth * taper * (1.0 + 0.25 * np.sin(9 * t + 5 * shift[0]))
    return points.astype(np.float32), depths[1:].astype(np.float32)


def pressed(
    strokes: Mapping[float, Sequence[Stroke]], size: int, texel_mm: float, tick: Callable[[], None] = no_tick
) -> Field:
    """Height in mm [size, size] of strokes by the width of their valleys in mm."""
    height = np.zeros((size, size), np.float32)
    for width, lines in strokes.items():
        sigma = max(width / texel_mm * 0.26, 0.6)
        # Nothing happens further away than the wider blur reaches.
        reach = int(4.0 * 2.8 * sigma) + 3
        everything = np.concatenate([points for points, _ in lines])
        left, top = np.maximum(np.floor(everything.min(axis=0)).astype(int) - reach, 0)
        right, bottom = np.minimum(np.ceil(everything.max(axis=0)).astype(int) + reach + 1, size)
        layer = np.zeros((max(bottom - top, 1), max(right - left, 1)), np.float32)
        for points, depths in lines:
            fixed = np.round((points - (left, top)) * 16).astype(np.int32)
            for a, b, depth in zip(fixed[:-1], fixed[1:], depths, strict=True):
                cv2.line(layer, a.tolist(), b.tolist(), (float(depth),), 1, cv2.LINE_8, 4)
        # What a one-texel line of height 1 keeps after the blur.
        peak = 1.0 / (sigma * np.sqrt(2.0 * np.pi))
        valley = cv2.GaussianBlur(layer, (0, 0), sigma)
        tick()
        bulge = cv2.GaussianBlur(layer, (0, 0), sigma * 2.8)
        height[top:bottom, left:right] += np.float32(1.0 / peak) * (np.float32(0.85) * bulge - valley)
        tick()
    return height
