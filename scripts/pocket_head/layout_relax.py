"""Tangential smoothing of the half head on ICT's surface."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from scripts.pocket_head.layout_flow import closest_points
from scripts.pocket_head.layout_surface import Surface


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
    return sp.csr_matrix(sp.diags(1.0 / np.maximum(total, 1e-12)) @ graph)


@dataclass(frozen=True)
class Smoothing:
    """What may move on which surface: rails slide along themselves, centre vertices along x = 0."""

    faces: np.ndarray
    centre: np.ndarray
    surface: Surface
    rails: list[np.ndarray]

    def relax(self, weights: sp.csr_matrix, ict_points: np.ndarray, movable: np.ndarray, steps: int) -> sp.csr_matrix:
        """Smooth the movable vertices [K] along the surface; returns new weight rows [V, n_ict]. `steps` >= 1."""
        points = weights @ ict_points
        average = _with_rails(averaging(self.faces, len(points), self.centre), self.rails)[movable]
        on_centre = np.isin(movable, self.centre)
        triangles = self.surface.triangles
        triangle, bary = np.empty(0, dtype=int), np.empty(0)
        for _ in range(steps):
            normals = vertex_normals(points, self.faces)[movable]
            moved = points[movable] + 0.5 * (average @ points - points[movable])
            moved[on_centre, 0] = 0.0
            place, triangle, bary = closest_points(self.surface.points, triangles, moved, normals)
            place[on_centre, 0] = 0.0
            points[movable] = place
        rows = np.repeat(np.arange(len(movable)), 3)
        pick = sp.csr_matrix(
            (bary.ravel(), (rows, triangles[triangle].ravel())), (len(movable), len(self.surface.points))
        )
        result = weights.tolil()
        result[movable] = sp.lil_matrix(pick @ self.surface.weights)
        return sp.csr_matrix(result)


def _with_rails(average: sp.csr_matrix, rails: list[np.ndarray]) -> sp.csr_matrix:
    """Let each rail's inner vertices average over their two neighbours on the rail only.

    A rail is a run of vertices; a closed one repeats its first vertex at the end.
    """
    result = average.tolil()
    for rail in rails:
        closed = rail[0] == rail[-1]
        line = np.r_[rail[-2], rail] if closed else rail
        for before, vertex, after in zip(line[:-2], line[1:-1], line[2:], strict=True):
            result.rows[vertex] = sorted({int(before), int(after)})
            result.data[vertex] = [0.5, 0.5]
    return sp.csr_matrix(result)


def vertex_normals(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Area-weighted unit normals [V, 3]."""
    last = np.where(faces[:, 3] < 0, faces[:, 0], faces[:, 3])
    across = np.cross(points[faces[:, 2]] - points[faces[:, 0]], points[last] - points[faces[:, 1]])
    normals = np.zeros_like(points)
    for k in range(3):
        np.add.at(normals, faces[:, k], across)
    np.add.at(normals, last, across)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
