"""Triangle surfaces whose vertices are sparse mixtures of ICT vertices.

Everything the skin is made of is cut out of one such surface, so that each new vertex knows exactly
which ICT vertices carry it: position and every delta follow from the same row of weights.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components


def width(weights: sp.csr_matrix) -> int:
    """Number of columns (ICT vertices) of weight rows."""
    return int(weights.get_shape()[1])


@dataclass(frozen=True)
class Surface:
    """Triangles [T, 3] over vertices given by weights [V, n_ict] (csr, rows sum to 1) and points [V, 3] cm."""

    weights: sp.csr_matrix
    points: np.ndarray
    triangles: np.ndarray

    def keep(self, triangles: np.ndarray) -> tuple[Surface, np.ndarray]:
        """The surface of the given triangle indices or mask, and the old index of each of its vertices."""
        chosen = self.triangles[triangles]
        old, new = np.unique(chosen, return_inverse=True)
        return Surface(self.weights[old], self.points[old], new.reshape(-1, 3)), old

    def cut(self, field: np.ndarray) -> tuple[Surface, Surface]:
        """Split along the zero level of a value per vertex: the negative side, then the positive one."""
        field = np.where(np.abs(field) < 1e-9, 0.0, field)
        edges = self._crossing_edges(field)
        n = len(self.points)
        a, b = edges[:, 0], edges[:, 1]
        t = np.clip(field[a] / (field[a] - field[b]), 0.03, 0.97)  # no slivers
        rows = np.arange(len(edges))
        blend = sp.csr_matrix((np.r_[1 - t, t], (np.r_[rows, rows], np.r_[a, b])), shape=(len(edges), n))
        weights = sp.csr_matrix(sp.vstack([self.weights, blend @ self.weights]))
        points = np.concatenate([self.points, blend @ self.points])
        new_vertex = {(int(i), int(j)): n + k for k, (i, j) in enumerate(edges)}
        inside: list[list[int]] = []
        outside: list[list[int]] = []
        for tri in self.triangles.tolist():
            _split(tri, [float(field[i]) for i in tri], new_vertex, inside, outside)
        whole = Surface(weights, points, np.array(inside + outside))
        half = np.arange(len(whole.triangles)) < len(inside)
        return whole.keep(half)[0], whole.keep(~half)[0]

    def _crossing_edges(self, field: np.ndarray) -> np.ndarray:
        pairs = np.sort(self.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
        pairs = np.unique(pairs, axis=0)
        return pairs[field[pairs[:, 0]] * field[pairs[:, 1]] < 0]

    def boundary_loops(self) -> list[np.ndarray]:
        """Closed boundary loops as vertex indices, in the direction of the triangles, longest first."""
        return boundary_loops(self.triangles)

    def components(self) -> np.ndarray:
        """Connected component label of each triangle."""
        t = self.triangles
        n = len(self.points)
        graph = sp.coo_matrix((np.ones(2 * len(t)), (t[:, [0, 1]].ravel(), t[:, [1, 2]].ravel())), (n, n))
        _, label = connected_components(graph, directed=False)
        return label[t[:, 0]]


def _split(tri, values, new_vertex, inside, outside) -> None:
    """Sort one triangle to a side, or into pieces when the zero level crosses it."""
    low, high = min(values), max(values)
    if low >= 0 or high <= 0:
        (outside if high > 0 or low >= 0 else inside).append(tri)
        return
    signs = [(v > 0) - (v < 0) for v in values]

    def crossing(i: int, j: int) -> int:
        return new_vertex[(min(i, j), max(i, j))]

    if 0 in signs:
        k = signs.index(0)
        z, p, q = tri[k], tri[(k + 1) % 3], tri[(k + 2) % 3]
        m = crossing(p, q)
        (outside if signs[(k + 1) % 3] > 0 else inside).append([z, p, m])
        (outside if signs[(k + 2) % 3] > 0 else inside).append([z, m, q])
        return
    k = next(k for k in range(3) if signs.count(signs[k]) == 1)
    a, b, c = tri[k], tri[(k + 1) % 3], tri[(k + 2) % 3]
    ab, ac = crossing(a, b), crossing(a, c)
    alone, pair = (outside, inside) if signs[k] > 0 else (inside, outside)
    alone.append([a, ab, ac])
    pair += [[ab, b, c], [ab, c, ac]]


def boundary_loops(faces: np.ndarray) -> list[np.ndarray]:
    """Boundary loops of an oriented mesh ([F, 3] or [F, 4], -1 padded), longest first.

    Raises ValueError when a boundary vertex has more than one way on (a pinched mesh).
    """
    directed: set[tuple[int, int]] = set()
    for face in faces.tolist():
        corners = [i for i in face if i >= 0]
        directed.update(zip(corners, corners[1:] + corners[:1], strict=True))
    follow: dict[int, int] = {}
    for i, j in directed:
        if (j, i) not in directed:
            if i in follow:
                raise ValueError(f"vertex {i} is on two boundary loops")
            follow[i] = j
    loops = []
    while follow:
        start = min(follow)
        loop = [start]
        nxt = follow.pop(start)
        while nxt != start:
            loop.append(nxt)
            nxt = follow.pop(nxt)
        loops.append(np.array(loop))
    return sorted(loops, key=len, reverse=True)


def triangulate(faces: np.ndarray) -> np.ndarray:
    """Triangles [T, 3] of faces [F, 4]; quads split along corners 0-2."""
    quads = faces[faces[:, 3] >= 0]
    return np.concatenate([faces[:, :3], quads[:, [0, 2, 3]]])


def ict_half_skin(vertices: np.ndarray, faces: np.ndarray) -> Surface:
    """The x >= 0 half of ICT's welded skin and sockets; `faces` are its skin faces [F, 4]."""
    side = vertices[faces].mean(axis=1)[:, 0] > 0
    tri = triangulate(faces[side])
    n = len(vertices)
    points = vertices.copy()
    points[np.abs(points[:, 0]) < 1e-4, 0] = 0.0
    whole = Surface(sp.csr_matrix(sp.identity(n)), points, tri)
    return whole.keep(np.arange(len(tri)))[0]


def vertex_rings(triangles: np.ndarray, start: set[int], count: int) -> list[set[int]]:
    """Breadth-first rings of vertices around a starting set."""
    neighbours: dict[int, set[int]] = defaultdict(set)
    for a, b, c in triangles.tolist():
        neighbours[a] |= {b, c}
        neighbours[b] |= {a, c}
        neighbours[c] |= {a, b}
    rings = [set(start)]
    seen = set(start)
    for _ in range(count):
        ring = {j for i in rings[-1] for j in neighbours[i]} - seen
        seen |= ring
        rings.append(ring)
    return rings
