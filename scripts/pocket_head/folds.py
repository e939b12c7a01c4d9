"""Smoothing away folds: where quads turn inside out, a delta field is relaxed towards its neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from headsmith_server.evaluation.folds import folded


@dataclass(frozen=True)
class SkinMesh:
    """Mean skin float64 [V, 3] metres, its quads int32 [F, 4], the mirror vertex int64 [V], averaging csr [V, V]."""

    positions: NDArray[np.float64]
    faces: NDArray[np.int32]
    mirror: NDArray[np.int64]
    average: sparse.csr_matrix

    @classmethod
    def of(cls, positions: NDArray[np.floating], faces: NDArray[np.integer], mirror: NDArray[np.integer]) -> SkinMesh:
        """The mesh with its neighbour averages: across edges with weight 2, across a quad's diagonals with 1."""
        count = len(positions)
        rows, columns, weights = [], [], []
        for step, weight in ((1, 2.0), (2, 1.0), (3, 2.0)):
            here, there = faces.ravel(), np.roll(faces, -step, axis=1).ravel()
            both = (here >= 0) & (there >= 0)
            rows.append(here[both])
            columns.append(there[both])
            weights.append(np.full(both.sum(), weight))
        adjacency = sparse.csr_matrix(
            (np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns))), shape=(count, count)
        )
        adjacency = sparse.csr_matrix(sparse.diags(1.0 / np.asarray(adjacency.sum(1)).ravel()) @ adjacency)
        return cls(
            np.asarray(positions, dtype=np.float64),
            np.asarray(faces, dtype=np.int32),
            np.asarray(mirror, dtype=np.int64),
            adjacency,
        )

    def folded(self, positions: NDArray[np.floating]) -> NDArray[np.bool_]:
        """bool [F]: quads that fold there and do not in the mean."""
        return folded(positions, self.faces) & ~folded(self.positions, self.faces)

    def grown(self, marked: NDArray[np.bool_], rings: int) -> NDArray[np.float64]:
        """float64 [V] in 0..1: 1 at the vertices of marked faces [F], falling off over so many rings."""
        weight = np.zeros(len(self.positions))
        weight[self.faces[marked].ravel()] = 1.0
        reach = weight
        for ring in range(rings):
            touched = (self.average @ (reach > 0)) > 0
            reach = np.maximum(reach, touched * (1.0 - (ring + 1) / (rings + 1)))
        return reach


def mend(
    mesh: SkinMesh, delta: NDArray[np.float64], amounts: tuple[float, ...] = (1.0, 0.5), rounds: int = 40
) -> tuple[NDArray[np.float64], int]:
    """The delta [V, 3] relaxed until mean + amount * delta folds nowhere (or `rounds` have passed), and how many
    quads still fold at the first amount."""
    delta = delta.copy()
    for turn in range(rounds):
        marked = np.zeros(len(mesh.faces), dtype=bool)
        for amount in amounts:
            marked |= mesh.folded(mesh.positions + amount * delta)
        if not marked.any():
            break
        weight = mesh.grown(marked, 1 + turn // 10)[:, None]
        for _ in range(2):
            delta += 0.7 * weight * (mesh.average @ delta - delta)
    return delta, int(mesh.folded(mesh.positions + amounts[0] * delta).sum())


def mend_modes(
    mesh: SkinMesh, modes: NDArray[np.float64], generator: np.random.Generator, draws: int, rounds: int = 12
) -> NDArray[np.float64]:
    """Modes [K, V, 3] relaxed where heads drawn from them (each coefficient within 2.5) fold most often."""
    modes = modes.copy()
    for _ in range(rounds):
        coefficients = np.clip(generator.standard_normal((draws, len(modes))), -2.5, 2.5)
        often = np.zeros(len(mesh.faces))
        for head in (coefficients @ modes.reshape(len(modes), -1)).reshape(draws, -1, 3):
            often += mesh.folded(mesh.positions + head)
        if often.sum() < 0.02 * draws:
            break
        weight = mesh.grown(often > 0.002 * draws, 1)
        rows = np.flatnonzero(weight)
        near = mesh.average[rows]
        for _ in range(2):
            average = np.stack([near @ mode for mode in modes])
            modes[:, rows] += 0.5 * weight[rows][None, :, None] * (average - modes[:, rows])
    return modes
