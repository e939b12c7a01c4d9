"""How well embeddings tell the same person from another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Verification:
    """auc: chance that a pair of one person is more alike than a pair of two; same, other: mean cosines; pairs: how
    many of each were compared."""

    auc: float
    same: float
    other: float
    pairs: tuple[int, int]


def verification(embeddings: NDArray[np.floating], people: NDArray[np.integer]) -> Verification:
    """Compare every pair of unit vectors [N, D] whose person's number is in people [N].

    Raises ValueError when there is no pair of one person or none of two. The area under the ROC curve is computed
    from ranks (Mann-Whitney), ties counting half.
    """
    cosines = np.asarray(embeddings, np.float64) @ np.asarray(embeddings, np.float64).T
    first, second = np.triu_indices(len(people), 1)
    alike = people[first] == people[second]
    values = cosines[first, second]
    same, other = values[alike], values[~alike]
    if not len(same) or not len(other):
        raise ValueError("verification needs pairs of one person and pairs of two")
    order = np.sort(other)
    below = np.searchsorted(order, same, side="left")
    up_to = np.searchsorted(order, same, side="right")
    auc = float(((below + up_to) / 2.0).mean() / len(other))
    return Verification(auc, float(same.mean()), float(other.mean()), (len(same), len(other)))
