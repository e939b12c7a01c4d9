"""Pictures side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""BGR [H, W, 3], as OpenCV writes it."""


def grid(pictures: Sequence[Image], columns: int) -> Image:
    """Pictures of one size in rows, the last one filled up with white."""
    blank = np.full_like(pictures[0], 250)
    padded = [*pictures, *[blank] * (-len(pictures) % columns)]
    rows = [np.hstack(padded[start : start + columns]) for start in range(0, len(padded), columns)]
    return np.vstack(rows)
