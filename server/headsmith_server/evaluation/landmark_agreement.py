"""How well landmarks that we know agree with those that a detector finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

EYE_CORNERS: Final = ((33, 133), (263, 362))
"""FaceMesh's outer and inner corner of each eye; between their middles lies the interocular distance."""


@dataclass(frozen=True)
class LandmarkAgreement:
    """error: median over faces and points of the distance between both, in interocular distances; bias: the largest
    over points of the length of its median offset; worst: the number of that point; offsets [N, 2]: the median offset
    (found minus known) of each point, in interocular distances, x to the right and y down."""

    error: float
    bias: float
    worst: int
    offsets: NDArray[np.float64]


def landmark_agreement(known: NDArray[np.floating], found: NDArray[np.floating]) -> LandmarkAgreement:
    """Compare pixels [B, 478, 2] of the same faces. Raises ValueError for other shapes or no face.

    The distance between the eyes is the known points' own in the image, so a turned face counts more strictly.
    """
    known, found = np.asarray(known, np.float64), np.asarray(found, np.float64)
    if known.shape != found.shape or known.ndim != 3 or not len(known):
        raise ValueError(f"landmarks of shapes {known.shape} and {found.shape} cannot be compared")
    eyes = [known[:, list(pair)].mean(axis=1) for pair in EYE_CORNERS]
    between = np.linalg.norm(eyes[0] - eyes[1], axis=1)[:, None, None]
    offsets = (found - known) / between
    medians = np.median(offsets, axis=0)
    lengths = np.linalg.norm(medians, axis=1)
    return LandmarkAgreement(
        error=float(np.median(np.linalg.norm(offsets, axis=2))),
        bias=float(lengths.max()),
        worst=int(lengths.argmax()),
        offsets=medians,
    )
