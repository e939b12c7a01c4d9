"""A rasteriser written for reading: every pixel against every triangle, in double precision."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def nearest(
    clip: Array, triangles: NDArray[np.int64], size: tuple[int, int], cull: bool = True
) -> tuple[NDArray[np.int64], Array, Array]:
    """Triangle numbers [H, W] (-1 none), perspective-correct barycentrics [H, W, 3], and how far the pixel centre is
    from changing hands [H, W]: the least barycentric, or the relative gap to the next surface."""
    rows, columns = size
    numbers = np.full(size, -1)
    barycentrics = np.zeros((*size, 3))
    margin = np.full(size, np.inf)
    best = np.full(size, np.inf)
    for number, triangle in enumerate(triangles):
        corners = clip[triangle]
        if not np.isfinite(corners).all():
            continue
        matrix = corners[:, [0, 1, 3]].T
        determinant = np.linalg.det(matrix)
        if abs(determinant) < 1e-14 or (cull and determinant < 0):
            continue
        inverse = np.linalg.inv(matrix)
        for row in range(rows):
            for column in range(columns):
                ray = np.array([(column + 0.5) / columns * 2 - 1, 1 - (row + 0.5) / rows * 2, 1.0])
                shares = inverse @ ray
                total = shares.sum()
                # The point is corners.T @ shares / total; before the eye its w = 1 / total is positive.
                if total == 0:
                    continue
                weights = shares / total
                w, z = corners[:, 3] @ weights, corners[:, 2] @ weights
                margin[row, column] = min(margin[row, column], abs(weights).min() if w > 0 else np.inf)
                if (weights < 0).any() or w <= 0 or z < -w:
                    continue
                depth = z / w
                margin[row, column] = min(margin[row, column], abs(depth - best[row, column]) * 1e3)
                if depth < best[row, column]:
                    best[row, column] = depth
                    numbers[row, column] = number
                    barycentrics[row, column] = weights
    return numbers, barycentrics, margin
