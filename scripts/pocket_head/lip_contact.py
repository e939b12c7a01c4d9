"""Lips that touch: on the mean head, and under every identity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra

from scripts.pocket_head.layout import SkinLayout

REACH: Final = 0.010
"""Metres along the skin over which a correction of the lip line fades out."""
OVERLAP: Final = 0.00016
"""Metres by which the lips of the mean press into each other, so that no light falls between them."""


@dataclass(frozen=True)
class LipContact:
    """The correction as a linear map: spread csr [V, U + L] of what the two lip lines lack."""

    upper: NDArray[np.int64]
    lower: NDArray[np.int64]
    to_lower: sparse.csr_matrix
    to_upper: sparse.csr_matrix
    spread: sparse.csr_matrix

    @classmethod
    def of(cls, layout: SkinLayout, positions: NDArray[np.floating]) -> LipContact:
        """Partners are found by x; a correction fades with the distance along the skin on its own side."""
        upper, lower = (np.asarray(layout.loops[f"lip_line_{side}"])[1:-1] for side in ("upper", "lower"))
        corners = [int(layout.loops["lip_line_upper"][end]) for end in (0, -1)]
        graph = _lengths(layout.faces, positions)
        distances, nearest = [], []
        for line in (upper, lower):
            distance, _, source = dijkstra(
                graph, directed=False, indices=line, min_only=True, limit=2 * REACH, return_predecessors=True
            )
            distances.append(np.asarray(distance))
            nearest.append(np.asarray(source))
        # Each vertex goes with the lip it is nearer to; at the corners both corrections are nearly the same.
        own = (distances[0] > distances[1]).astype(int)
        reach = np.where(own == 0, distances[0], distances[1])
        fade = np.clip(1.0 - reach / REACH, 0.0, 1.0)
        fade = fade * fade * (3.0 - 2.0 * fade)
        end = np.minimum(*(np.abs(positions[:, 0] - positions[corner, 0]) for corner in corners))
        fade *= np.clip(end / 0.004, 0.0, 1.0)
        number = {int(v): i for i, v in enumerate(np.concatenate([upper, lower]))}
        rows = np.flatnonzero(fade > 1e-4)
        columns = [number[int(nearest[own[row]][row])] for row in rows]
        spread = sparse.csr_matrix((fade[rows], (rows, columns)), shape=(len(positions), len(upper) + len(lower)))
        x = positions[:, 0]
        return cls(upper, lower, _interpolation(x[upper], x[lower]), _interpolation(x[lower], x[upper]), spread)

    def missing(self, vectors: NDArray[np.floating]) -> NDArray[np.float64]:
        """[U + L, 3]: half of what parts the lines, for positions or deltas [V, 3]; signed to close."""
        up, low = vectors[self.upper], vectors[self.lower]
        return np.concatenate([0.5 * (self.to_lower @ low - up), 0.5 * (self.to_upper @ up - low)])

    def closed(self, delta: NDArray[np.floating]) -> NDArray[np.float64]:
        """Identity deltas [V, 3] under which the lips keep their distance; linear."""
        missing = self.missing(delta)
        missing[:, 0] = 0.0
        return delta + self.spread @ missing

    def sealed(self, positions: NDArray[np.floating]) -> NDArray[np.float64]:
        """The mean [V, 3] with its lips in contact."""
        missing = self.missing(positions)
        missing[:, 0] = 0.0
        missing[:, 1] += 0.5 * OVERLAP * np.repeat([-1.0, 1.0], [len(self.upper), len(self.lower)])
        return positions + self.spread @ missing


def _lengths(faces: NDArray[np.integer], positions: NDArray[np.floating]) -> sparse.csr_matrix:
    pairs = np.concatenate([faces[:, [i, (i + 1) % 4]] for i in range(4)])
    pairs = np.unique(np.sort(pairs[(pairs >= 0).all(1)], axis=1), axis=0)
    length = np.linalg.norm(positions[pairs[:, 0]] - positions[pairs[:, 1]], axis=1)
    count = len(positions)
    graph = sparse.csr_matrix((length, (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return graph + graph.T


def _interpolation(at: NDArray[np.floating], along: NDArray[np.floating]) -> sparse.csr_matrix:
    """csr [len(at), len(along)]: linear interpolation of values at `along` (any order), at `at`."""
    order = np.argsort(along)
    place = np.clip(np.searchsorted(along[order], at), 1, len(along) - 1)
    low, high = along[order][place - 1], along[order][place]
    share = np.clip((at - low) / np.maximum(high - low, 1e-12), 0.0, 1.0)
    rows = np.tile(np.arange(len(at)), 2)
    columns = np.concatenate([order[place - 1], order[place]])
    return sparse.csr_matrix((np.concatenate([1 - share, share]), (rows, columns)), shape=(len(at), len(along)))
