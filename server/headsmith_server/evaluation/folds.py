"""Folded quads: a corner of the quad turns against the quad's own normal, so its Jacobian is not positive."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def folded(positions: NDArray[np.floating], faces: NDArray[np.integer]) -> NDArray[np.bool_]:
    """bool [F]: quads int [F, 4] with a corner whose Jacobian is not positive, on positions [V, 3].

    The Jacobian of the bilinear patch at a corner is the cross product of the two edges there; its sign is taken
    along the quad's mean normal (the cross product of the diagonals). Triangles (-1 last) never fold by themselves.
    """
    corners = positions[faces]
    normal = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    edges = np.roll(corners, -1, axis=1) - corners
    jacobian = np.cross(np.roll(edges, 1, axis=1), edges)
    lowest = (jacobian * normal[:, None]).sum(-1).min(1)
    return (lowest <= 0) & (faces[:, 3] >= 0)
