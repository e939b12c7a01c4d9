"""Tangential smoothing of the half head on ICT's surface."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from .layout_flow import closest_points
from .layout_surface import Surface


def averaging(faces: np.ndarray, count: int, centre: np.ndarray) -> sp.csr_matrix:
    """Neighbour average [V, V] over the edges of faces [F, 4].

    Vertices on the centre line count their off-centre neighbours' mirror images too; the caller sets x to 0.
    """
    pairs = []
    for k in range(4):
        i, j = faces[:, k], faces[:, (k + 1) % 4]
        wrap = j < 0
        j = np.where(wrap, faces[:, 0], j)
        real = (i >= 0) & (i != j)
        pairs.append(np.stack([i, j], axis=1)[real])
    edges = np.unique(np.sort(np.concatenate(pairs), axis=1), axis=0)
    i, j = np.r_[edges[:, 0], edges[:, 1]], np.r_[edges[:, 1], edges[:, 0]]
    on_centre = np.zeros(count, bool)
    on_centre[centre] = True
    weight = np.where(on_centre[i] & ~on_centre[j], 2.0, 1.0)
    graph = sp.csr_matrix((weight, (i, j)), shape=(count, count))
    total = np.asarray(graph.sum(axis=1)).ravel()
    return (sp.diags(1.0 / np.maximum(total, 1e-12)) @ graph).tocsr()


def relax(
    weights: sp.csr_matrix,
    ict_points: np.ndarray,
    faces: np.ndarray,
    movable: np.ndarray,
    centre: np.ndarray,
    surface: Surface,
    steps: int,
) -> sp.csr_matrix:
    """Smooth the movable vertices along a surface; returns new weight rows [V, n_ict].

    `movable` [K] must lie on `surface` away from folds (closest points decide); those also in `centre`
    stay on x = 0.
    """
    points = weights @ ict_points
    average = averaging(faces, len(points), centre)[movable]
    on_centre = np.isin(movable, centre)
    triangle = bary = None
    for _ in range(steps):
        moved = points[movable] + 0.5 * (average @ points - points[movable])
        moved[on_centre, 0] = 0.0
        place, triangle, bary = closest_points(surface.points, surface.triangles, moved)
        place[on_centre, 0] = 0.0
        points[movable] = place
    if triangle is None or bary is None:
        return weights
    rows = np.repeat(np.arange(len(movable)), 3)
    pick = sp.csr_matrix(
        (bary.ravel(), (rows, surface.triangles[triangle].ravel())), (len(movable), len(surface.points))
    )
    result = weights.tolil()
    result[movable] = (pick @ surface.weights).tolil()
    return result.tocsr()
