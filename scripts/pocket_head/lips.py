"""How the lips part for the tongue: tongueOut alone must not cut through closed lips."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from scripts.pocket_head.quads import Points, smoothstep
from scripts.pocket_head.skin_frame import SkinFrame

UPPER_RISE: Final = 0.0026
LOWER_FALL: Final = 0.0042
HALF_WIDTH: Final = 0.0165


def part_lips(skin: SkinFrame) -> Points:
    """Offsets [S, 3] of tongueOut: the middle of the upper lip rises, that of the lower lip falls and rolls out."""
    upper, lower = _distance_to_lines(skin)
    position = skin.positions
    across = np.exp(-(np.clip(np.abs(position[:, 0]) / HALF_WIDTH, 0.0, 4.0) ** 2.6))
    front = smoothstep(0.094, 0.104, position[:, 2])
    top = np.where(upper <= lower, 1.0 - smoothstep(0.0, 0.017, upper), 0.0) * across * front
    bottom = np.where(lower < upper, 1.0 - smoothstep(0.0, 0.020, lower), 0.0) * across * front
    offsets = np.zeros_like(position)
    offsets[:, 1] = UPPER_RISE * top - LOWER_FALL * bottom
    offsets[:, 2] = 0.0006 * top + 0.0012 * bottom
    return offsets


def _distance_to_lines(skin: SkinFrame) -> tuple[Points, Points]:
    """Lengths [S] along edges to the middle of the upper and of the lower lip line, metres."""
    pairs = np.concatenate([skin.faces[:, [i, (i + 1) % 4]] for i in range(4)])
    pairs = pairs[(pairs >= 0).all(axis=1)]
    length = np.linalg.norm(skin.positions[pairs[:, 0]] - skin.positions[pairs[:, 1]], axis=1)
    count = len(skin.positions)
    graph = coo_matrix((length, (pairs[:, 0], pairs[:, 1])), shape=(count, count)).tocsr()
    graph = graph.maximum(graph.T)
    result = []
    for name in ("lip_line_upper", "lip_line_lower"):
        line = np.asarray(skin.loops[name])[1:-1]  # the corners belong to both
        distance = dijkstra(graph, directed=False, indices=line, min_only=True, limit=0.05)
        result.append(np.minimum(np.asarray(distance), 1.0))
    return result[0], result[1]
