"""Bundles: many strands that run along one guide, as a tail, a loc or a three-strand plait. Millimetres."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from headsmith_server.hair.hairline import smoothstep
from headsmith_server.hair.paths import frames
from headsmith_server.texture.arrays import Field

Int = NDArray[np.int64]


def disc(count: int, rng: np.random.Generator, hollow: float = 0.0) -> Field:
    """Random places [count, 2] in the unit disc, outside its inner `hollow` (what is inside nobody sees)."""
    radius = np.sqrt(hollow**2 + (1.0 - hollow**2) * rng.random(count))
    angle = 2 * np.pi * rng.random(count)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).astype(np.float32)


def along(guides: Field, which: Int, sideways: Field, reference: Field) -> Field:
    """Strands [S, P, 3] beside guides [K, P, 3]: strand s follows guide which[s], off by sideways [S, P, 2] in its
    frame; reference [K, 3] starts the frames' first axis."""
    _, first, second = frames(guides, reference)
    return (guides[which] + first[which] * sideways[..., :1] + second[which] * sideways[..., 1:]).astype(np.float32)


def turned(places: Field, angle: Field) -> Field:
    """Places [S, P, 2] turned by angle [S, P]."""
    cos, sin = np.cos(angle), np.sin(angle)
    x, y = places[..., 0], places[..., 1]
    return np.stack([x * cos - y * sin, x * sin + y * cos], axis=-1).astype(np.float32)


def plaited(member: Int, places: Field, arc: Field, period: Field, radius: Field) -> Field:
    """Offsets [S, P, 2] of strands in a three-strand plait.

    member [S]: 0..2, to which of the three a strand belongs; places [S, 2]: in that one's own unit disc; arc [S, P]:
    mm along the plait; period [S]: mm after which a member is back; radius [S, P]: half the plait's width. The three
    follow one figure of eight, a third of a turn apart: sideways once while they go over and under twice.
    """
    phase = 2 * np.pi * (arc / period[:, None] + member[:, None] / 3.0)
    centre = np.stack([0.60 * np.sin(phase), 0.30 * np.sin(2.0 * phase)], axis=-1)
    # A member is a lens: flatter where it passes over its neighbours.
    own = np.stack([places[:, 0, None] * 0.46 + 0 * phase, places[:, 1, None] * 0.36 + 0 * phase], axis=-1)
    return ((centre + own) * radius[..., None]).astype(np.float32)


def joined(roots: Field, bundle: Field, points: int, bow: Field) -> Field:
    """Strands that go from their roots [S, 3] into a bundle [S, P, 3] over its first `points` points.

    bow [S, 3]: the way in which they leave the skin (mm).
    """
    t = np.linspace(0.0, 1.0, points, dtype=np.float32)
    share = smoothstep(0.0, 1.0, t)[None, :, None]
    out = bundle.copy()
    rise = (np.sin(np.pi * np.minimum(t, 1.0)) * 1.0)[None, :, None]
    away = roots - bundle[:, 0]
    out[:, :points] = bundle[:, :points] + away[:, None] * (1.0 - share) + bow[:, None] * rise * 0.3
    out[:, 0] = roots
    return out.astype(np.float32)


def arc_lengths(guides: Field) -> Field:
    """Millimetres [K, P] from each guide's start."""
    steps = np.linalg.norm(np.diff(guides, axis=1), axis=2)
    return np.concatenate([np.zeros((len(guides), 1)), np.cumsum(steps, axis=1)], axis=1).astype(np.float32)
