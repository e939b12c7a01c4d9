"""Ring patches on a piece of surface: flatten it onto a disk, draw straight spokes there, look up the surface.

Because points are found inside known triangles of the piece, an upper-lip point can only ever be bound to
the upper lip, however close the lower one lies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from scripts.pocket_head.layout_flow import barycentric
from scripts.pocket_head.layout_regions import harmonic
from scripts.pocket_head.layout_surface import Surface, vertex_rings, width
from scripts.pocket_head.loops import polyline_parameters, polyline_weights

SAMPLES = 400
"""Samples along one spoke."""


@dataclass(frozen=True)
class FlatPiece:
    """A surface piece with a position [V, 2] in the plane for every vertex."""

    surface: Surface
    flat: np.ndarray

    def locate(self, queries: np.ndarray) -> sp.csr_matrix:
        """Weights [N, V] over the piece's vertices of points [N, 2] in the plane (nearest triangle if outside)."""
        corners = self.flat[self.surface.triangles]
        best = np.empty(len(queries), dtype=np.int64)
        u, v = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
        area = np.where(np.abs(area) < 1e-18, 1e-18, area)
        for first in range(0, len(queries), 500):
            w = queries[first : first + 500, None] - corners[None, :, 0]
            b = (w[..., 0] * v[:, 1] - w[..., 1] * v[:, 0]) / area
            c = (u[:, 0] * w[..., 1] - u[:, 1] * w[..., 0]) / area
            best[first : first + 500] = np.minimum(np.minimum(b, c), 1 - b - c).argmax(1)
        weights = barycentric(corners[best], queries)
        rows = np.repeat(np.arange(len(queries)), 3)
        columns = self.surface.triangles[best].ravel()
        return sp.csr_matrix((weights.ravel(), (rows, columns)), (len(queries), len(self.flat)))


def flatten(surface: Surface, fixed: np.ndarray, targets: np.ndarray) -> FlatPiece:
    """Harmonic map to the plane with some vertices (whole boundary loops) at given points [K, 2]."""
    return FlatPiece(surface, harmonic(surface, fixed, targets))


def centred(flat: np.ndarray, vertex: int) -> np.ndarray:
    """Flat positions [V, 2] in the unit disk after the disk's own motion that brings one vertex to 0."""
    z = flat[:, 0] + 1j * flat[:, 1]
    a = z[vertex]
    w = (z - a) / (1 - np.conj(a) * z)
    return np.stack([w.real, w.imag], axis=1)


@dataclass(frozen=True)
class Spokes:
    """Samples along N spokes: plane [N, S, 2], weights over the piece's vertices [N * S, V], arc lengths
    [N, S] from the outer end."""

    piece: FlatPiece
    plane: np.ndarray
    weights: sp.csr_matrix
    lengths: np.ndarray

    @property
    def count(self) -> int:
        """Number of spokes."""
        return len(self.lengths)

    def values(self, field: np.ndarray) -> np.ndarray:
        """A per-vertex field [V] at every sample [N, S]."""
        return (self.weights @ field).reshape(self.lengths.shape)

    def first_below(self, field: np.ndarray, level: np.ndarray) -> np.ndarray:
        """Arc length [N] at which a field first falls to a level [N] along each spoke."""
        values = self.values(field)
        result = self.lengths[:, -1].copy()
        for i in range(self.count):
            k = int(np.argmax(values[i] <= level[i]))
            if k == 0:
                continue
            t = (values[i, k - 1] - level[i]) / (values[i, k - 1] - values[i, k] + 1e-12)
            result[i] = (1 - t) * self.lengths[i, k - 1] + t * self.lengths[i, k]
        return result

    def plane_at(self, lengths: np.ndarray) -> np.ndarray:
        """Plane position [N, 2] of one arc length per spoke [N]."""
        return np.array(
            [
                [np.interp(s, row, line[:, k]) for k in range(2)]
                for s, row, line in zip(lengths, self.lengths, self.plane, strict=True)
            ]
        )

    def at(self, lengths: np.ndarray) -> sp.csr_matrix:
        """Weights [R * N, n_ict] at arc lengths [R, N]; row r * N + n is ring r on spoke n."""
        rings, n = lengths.shape
        s = self.lengths.shape[1]
        rows, columns, values = [], [], []
        for i in range(n):
            k = np.clip(np.searchsorted(self.lengths[i], lengths[:, i], side="right") - 1, 0, s - 2)
            low, high = self.lengths[i, k], self.lengths[i, k + 1]
            t = np.clip((lengths[:, i] - low) / np.maximum(high - low, 1e-12), 0.0, 1.0)
            row = np.arange(rings) * n + i
            rows += [row, row]
            columns += [i * s + k, i * s + k + 1]
            values += [1 - t, t]
        pick = sp.csr_matrix(
            (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
            shape=(rings * n, n * s),
        )
        return (pick @ self.weights @ self.piece.surface.weights).tocsr()


def spokes(
    piece: FlatPiece,
    outer: np.ndarray,
    inner: np.ndarray,
    logarithmic: bool = False,
    via: np.ndarray | None = None,
) -> Spokes:
    """Spokes in the plane from outer points [N, 2] to inner ones [N, 2], straight or bent once at `via` [N, 2].

    `logarithmic` crowds the samples towards the inner end, where a harmonic map is much compressed.
    """
    t = np.linspace(0.0, 1.0, SAMPLES)
    if logarithmic:
        t = np.sort(np.r_[np.linspace(0.0, 1.0, SAMPLES // 2), 1 - np.geomspace(1.0, 1e-3, SAMPLES // 2)])
    last = outer if via is None else via
    points = last[:, None] * (1 - t)[None, :, None] + inner[:, None] * t[None, :, None]
    if via is not None:
        u = np.linspace(0.0, 1.0, SAMPLES // 2, endpoint=False)
        first = outer[:, None] * (1 - u)[None, :, None] + via[:, None] * u[None, :, None]
        points = np.concatenate([first, points], axis=1)
    weights = piece.locate(points.reshape(-1, 2))
    space = (weights @ piece.surface.points).reshape(*points.shape[:2], 3)
    steps = np.linalg.norm(np.diff(space, axis=1), axis=2)
    lengths = np.concatenate([np.zeros((len(outer), 1)), np.cumsum(steps, axis=1)], axis=1)
    return Spokes(piece, points, weights, lengths)


def circle(angles: np.ndarray, radius: float = 1.0) -> np.ndarray:
    """Points [N, 2] on a circle about the origin."""
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def split_socket(piece: Surface, first: int, end: int) -> tuple[Surface, Surface]:
    """A piece's skin and socket parts; the socket's own ICT vertices are first..end-1."""
    share = np.zeros(width(piece.weights))
    share[first:end] = 1
    deep = (piece.weights @ share)[piece.triangles].max(1) > 0.5
    return piece.keep(~deep)[0], piece.keep(deep)[0]


def rows_from(piece: Surface, start: np.ndarray) -> np.ndarray:
    """Number of ICT rows between each vertex and a starting curve."""
    result = np.full(len(piece.points), 99.0)
    for k, ring in enumerate(vertex_rings(piece.triangles, set(start.tolist()), 40)):
        result[list(ring)] = k
    return result


def loop_positions(flat: FlatPiece, outline: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Flat positions [N, 2] of points on a piece's closed outline."""
    line = flat.surface.points[outline]
    return polyline_weights(line, polyline_parameters(line, points, True), True) @ flat.flat[outline]
