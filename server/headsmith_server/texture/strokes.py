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
    # Points nearer to one another than a texel tell the raster nothing.
    spread = float(np.abs(crease.uv[-1] - crease.uv[0]).sum()) * size
    step = max(1, int(len(crease.uv) / max(spread, 4.0)))
    chosen = np.append(np.arange(0, len(crease.uv) - 1, step), len(crease.uv) - 1)
    uv, t = crease.uv[chosen], crease.along[chosen]
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
    strokes: Mapping[float, Sequence[Stroke]], size: int, texel_mm: float, tick: Callable[[], None] = no_tick,
    soft: float = 0.0,
) -> Field:  # fmt: skip
    """Height in mm [size, size] of strokes by the width of their valleys in mm.

    soft: 0 (a thin line between two low rims) .. 1 (a fold of slack skin: a crease at the bottom of a broad valley, and
    wide, low bulges), which maps of large texels still show.
    """
    height = np.zeros((size, size), np.float32)
    for width, lines in strokes.items():
        sigma = max(width / texel_mm * 0.26 * (1.0 + 0.35 * soft), 0.6 + 0.4 * soft)
        broad, share = 2.6 * sigma, 0.5 * soft
        rim = sigma * (2.8 + 2.2 * soft)
        # What the bulges lift is 0.85 of what the valley lacks.
        lifted = 0.85 * (sigma * (1.0 - share) + broad * share) / rim
        # Nothing happens further away than the wider blur reaches.
        reach = int(4.0 * rim * (1.0 - 0.3 * soft)) + 3
        everything = np.concatenate([points for points, _ in lines])
        left, top = np.maximum(np.floor(everything.min(axis=0)).astype(int) - reach, 0)
        right, bottom = np.minimum(np.ceil(everything.max(axis=0)).astype(int) + reach + 1, size)
        layer = np.zeros((max(bottom - top, 1), max(right - left, 1)), np.float32)
        for points, depths in lines:
            fixed = np.round((points - (left, top)) * 16).astype(np.int32).tolist()
            for a, b, depth in zip(fixed[:-1], fixed[1:], depths.tolist(), strict=True):
                cv2.line(layer, a, b, (depth,), 1, cv2.LINE_8, 4)
        tick()
        own = height[top:bottom, left:right]
        own -= np.float32(1.0 - share) * _spread(layer, sigma)
        if share > 0.0:
            own -= np.float32(share) * _spread(layer, broad)
        tick()
        own += np.float32(lifted) * _spread(layer, rim)
        tick()
    return height


def _spread(layer: Field, sigma: float) -> Field:
    """The layer blurred so that a one-texel line keeps its height; wide blurs are made on a coarser raster."""
    gain = np.float32(sigma * np.sqrt(2.0 * np.pi))
    step = int(sigma / 2.5)
    if step < 2:
        return cv2.GaussianBlur(layer, (0, 0), sigma) * gain
    rows, columns = layer.shape
    coarse = cv2.resize(
        cv2.copyMakeBorder(layer, 0, -rows % step, 0, -columns % step, cv2.BORDER_CONSTANT, value=(0,)),
        (-(-columns // step), -(-rows // step)), interpolation=cv2.INTER_AREA,
    )  # fmt: skip
    coarse = cv2.GaussianBlur(coarse, (0, 0), sigma / step) * gain
    whole = cv2.resize(coarse, (coarse.shape[1] * step, coarse.shape[0] * step), interpolation=cv2.INTER_LINEAR)
    return whole[:rows, :columns]
