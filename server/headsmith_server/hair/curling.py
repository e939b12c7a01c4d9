"""Curls: waves and helices about strands that are already in their place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from headsmith_server.hair.growth import Order
from headsmith_server.hair.hairline import smoothstep
from headsmith_server.hair.paths import frames
from headsmith_server.texture.arrays import Field

Int = NDArray[np.int64]


def curled(order: Order, strands: Field, lock: Int, style_curl: float, length: Field) -> Field:
    """Strands [S, P, 3] with the curl of style and parameters together: 0 straight, 0.3 wavy, 0.6 curly, 1 coiled.

    length [S] mm. Neighbours in a lock share their phase, so that they make ringlets and not fluff; a curl is never
    finer than a strand's points can draw (five to a turn).
    """
    amount = float(np.clip(style_curl + order.hair.curl, 0.0, 1.0))
    count, points = strands.shape[:2]
    if amount <= 0.02 or count == 0:
        return strands
    scale = order.scale
    turn_mm = float(np.interp(amount, (0.0, 0.3, 0.6, 1.0), (130.0, 72.0, 34.0, 12.0))) * scale
    radius = float(np.interp(amount, (0.0, 0.15, 0.3, 0.6, 1.0), (0.0, 3.0, 7.0, 6.2, 3.0))) * scale
    rng = order.rng
    number = int(lock.max()) + 1
    phase = (rng.random(number, dtype=np.float32) * np.float32(2 * np.pi))[lock]
    phase = phase + np.float32(0.35) * rng.standard_normal(count).astype(np.float32)
    speed = (0.8 + 0.4 * rng.random(number, dtype=np.float32))[lock]
    hand = np.where(rng.random(number) < 0.5, -1.0, 1.0).astype(np.float32)[lock]
    turns = np.minimum(length / turn_mm * speed, (points - 1) / 5.0)
    t = np.linspace(0.0, 1.0, points, dtype=np.float32)
    angle = (turns * np.float32(2 * np.pi))[:, None] * t[None] + phase[:, None]
    grown = smoothstep(0.0, 1.0, t[None] * length[:, None] / (2.2 * turn_mm + 8.0 * scale))
    size = np.minimum(radius, 0.22 * length / np.maximum(turns, 0.35))[:, None] * grown
    reference = np.tile(np.array([0.3, 0.2, 1.0], np.float32), (count, 1))
    _, first, second = frames(strands, reference)
    # Waves lie flat, curls go round.
    round_share = np.float32(np.clip((amount - 0.2) / 0.3, 0.15, 1.0))
    offset = (
        first * (size * np.cos(angle))[..., None]
        + second * (round_share * hand[:, None] * size * np.sin(angle))[..., None]
    )
    return (strands + offset - offset[:, :1]).astype(np.float32)
