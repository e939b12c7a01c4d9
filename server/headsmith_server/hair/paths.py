"""Ways of strands: integrating them around the head, cutting and resampling, curling and clumping. Millimetres."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from headsmith_server.hair.hairline import smoothstep
from headsmith_server.hair.scalp import Measures
from headsmith_server.hair.volume import Volume
from headsmith_server.texture.arrays import Field

Int = NDArray[np.int64]
Target = Callable[[Field, float, Field, Field], Field]
"""(points [S, 3], share of the way 0..1, heights over the skin [S], outward directions [S, 3]) -> wanted [S, 3]."""


def unit(vectors: Field) -> Field:
    """Vectors [..., 3] of length one (zero stays zero)."""
    length = np.sqrt(np.einsum("...c,...c->...", vectors, vectors))[..., None]
    return (vectors / np.maximum(length, 1e-9)).astype(np.float32)


def tangential(vectors: Field, normals: Field) -> Field:
    """Vectors [S, 3] without what they have along unit normals [S, 3]."""
    return vectors - normals * np.einsum("sc,sc->s", vectors, normals)[:, None]


def integrate(
    volume: Volume,
    start: Field,
    direction: Field,
    wanted: Target,
    steps: int,
    step_mm: Field,
    shell: Field,
    yielding: float,
    shield: FaceShield | None = None,
) -> Field:
    """Paths [S, steps + 1, 3] that start at roots, turn towards what they want, and slide over what is in their way.

    direction [S, 3]: at the root; step_mm [S]; shell [S]: how high over the skin the strand wants to lie at least (it
    gets there over the first 25 mm); yielding: 0 (wire) .. 1 (turns at once).
    """
    points, heading = start.astype(np.float32), unit(direction)
    path = np.empty((len(start), steps + 1, 3), np.float32)
    path[:, 0] = points
    near, away = volume.distance(points)
    for step in range(1, steps + 1):
        share = (step - 0.5) / steps
        goal = unit(wanted(points, share, near, away))
        heading = unit(heading + yielding * (goal - heading))
        points = points + heading * step_mm[:, None]
        travelled = step * step_mm
        floor = 0.6 + (shell - 0.6) * smoothstep(0.0, 25.0, travelled)
        near, away = volume.distance(points)
        low = np.flatnonzero(near < floor)
        if len(low):
            points[low] += away[low] * np.minimum(floor[low] - near[low], 0.3 + 0.8 * step_mm[low])[:, None]
            inward = np.minimum(np.einsum("sc,sc->s", heading[low], away[low]), 0.0)
            heading[low] = unit(heading[low] - away[low] * inward[:, None])
        if shield is not None:
            points = shield.kept_off(points, step_mm)
        path[:, step] = points
    return path


class FaceShield:
    """Keeps falling hair to the sides of the face.

    side [S]: -1 or 1, to which side a strand goes; strength [S]: 0 (may cross the face) .. 1.
    """

    def __init__(self, measures: Measures, side: Field, strength: Field, tight: float = 0.0) -> None:
        self.measures, self.side, self.strength, self.tight = measures, side, strength, tight

    def kept_off(self, points: Field, step_mm: Field) -> Field:
        m, s = self.measures, self.measures.scale
        x, y, z = points[:, 0] * self.side, points[:, 1], points[:, 2]
        heights = [m.chin_y - 60 * s, m.chin_y - 20 * s, m.chin_y + 10 * s, m.mouth_y + 10 * s, m.eye_y, m.brow_y,
                   m.brow_y + 18 * s, m.brow_y + 35 * s]  # fmt: skip
        widths = np.array([20, 46, 58, 65, 68, 66, 52, 20], np.float32) * s - self.tight * s
        wall = np.interp(y, heights, widths) * smoothstep(m.ear_front + 2 * s, m.ear_front + 26 * s, z)
        wall[y > heights[-1]] = 0.0
        short = np.clip(wall - x, 0.0, 0.7 * step_mm + 0.2) * self.strength
        points = points.copy()
        points[:, 0] += (short * self.side).astype(np.float32)
        return points


def resampled(path: Field, share: Field, count: int) -> Field:
    """The first `share` [S] (0..1) of each path [S, M, 3] as `count` points, evenly along its own steps."""
    last = path.shape[1] - 1
    where = np.linspace(0.0, 1.0, count, dtype=np.float32)[None] * (share[:, None] * last)
    low = np.minimum(where.astype(np.int64), last - 1)
    rest = (where - low)[..., None].astype(np.float32)
    rows = np.arange(len(path))[:, None]
    return path[rows, low] * (1 - rest) + path[rows, low + 1] * rest


def share_above(path: Field, height: Field) -> Field:
    """What share [S] of each path [S, M, 3] lies before it last falls below `height` [S]; 1 where it never does."""
    below = path[..., 1] < height[:, None]
    last = path.shape[1] - 1
    first = np.where(below.any(axis=1), below.argmax(axis=1), last)
    rows = np.arange(len(path))
    before = np.maximum(first - 1, 0)
    top, bottom = path[rows, before, 1], path[rows, first, 1]
    part = np.clip((top - height) / np.maximum(top - bottom, 1e-3), 0.0, 1.0)
    return np.where(below.any(axis=1), (before + part) / last, 1.0).astype(np.float32)


def smoothed(path: Field, times: int = 1) -> Field:
    """Paths with inner points averaged with their neighbours; the first two points stay."""
    path = path.copy()
    for _ in range(times):
        path[:, 2:-1] = 0.5 * path[:, 2:-1] + 0.25 * (path[:, 1:-2] + path[:, 3:])
    return path


def frames(path: Field, reference: Field) -> tuple[Field, Field, Field]:
    """Rotation-minimising frames (tangent, first, second), each [S, P, 3]; reference [S, 3] starts the first axis."""
    tangent = np.empty_like(path)
    tangent[:, 1:-1] = path[:, 2:] - path[:, :-2]
    tangent[:, 0], tangent[:, -1] = path[:, 1] - path[:, 0], path[:, -1] - path[:, -2]
    tangent = unit(tangent)
    first = np.empty_like(path)
    axis = unit(tangential(reference, tangent[:, 0]) + np.float32(1e-6))
    for number in range(path.shape[1]):
        axis = unit(tangential(axis, tangent[:, number]))
        first[:, number] = axis
    second = np.cross(tangent, first).astype(np.float32)
    return tangent, first, second


def clumped(points: Field, lock: Int, leaders: Int, strength: Field) -> Field:
    """Points [S, P, 3] drawn towards their lock's leader; strength [P] or [S, P], 0..1."""
    centre = points[leaders][lock]
    pull = np.broadcast_to(strength, points.shape[:2])[..., None].astype(np.float32)
    return points + (centre - points) * pull


def wander(count: int, points: int, waves: float, rng: np.random.Generator) -> Field:
    """Smooth random offsets [count, points, 3] of about unit size, `waves` swings along a strand, none at the root."""
    t = np.linspace(0.0, 1.0, points, dtype=np.float32)
    phase = rng.random((count, 2, 3), dtype=np.float32) * np.float32(2 * np.pi)
    speed = (0.6 + 0.8 * rng.random((count, 2, 3), dtype=np.float32)) * np.float32(2 * np.pi * waves)
    speed[:, 1] *= 2.1
    swing = np.sin(t[None, :, None] * speed[:, None, 0] + phase[:, None, 0])
    swing += 0.5 * np.sin(t[None, :, None] * speed[:, None, 1] + phase[:, None, 1])
    return swing * smoothstep(0.0, 0.35, t)[None, :, None]


def lengths(points: Field) -> Field:
    """Arc length [S] of strands [S, P, 3]."""
    return np.linalg.norm(np.diff(points, axis=1), axis=2).sum(axis=1)
