"""What eyeLook* does to an eye: a turn about the ball's centre, complete at weight 1 as a linear key."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from scripts.pocket_head.eyes import gaze_rotation

# Degrees at weight 1. The eye reaches further inwards and downwards than up; beyond these the lids of the learned
# eyeLook* shapes no longer fit the ball.
IN: Final = 32.0
OUT: Final = 31.0
UP: Final = 25.0
DOWN: Final = 30.0

_TURNS: Final = {
    # name without side: (yaw towards the nose, pitch up)
    "eyeLookIn": (IN, 0.0),
    "eyeLookOut": (-OUT, 0.0),
    "eyeLookUp": (0.0, UP),
    "eyeLookDown": (0.0, -DOWN),
}


def gaze_angles(name: str) -> tuple[str, float, float] | None:
    """(group, yaw towards +x, pitch up) in degrees of an ARKit shape; None when it turns no eye."""
    for stem, (inward, up) in _TURNS.items():
        if name == stem + "Left":
            return "eye_l", -inward, up
        if name == stem + "Right":
            return "eye_r", inward, up
    return None


def gaze_affine(name: str) -> tuple[str, NDArray[np.float64]] | None:
    """(group, affine [3, 4] about the ball's centre) whose offsets turn the eye; None when it turns no eye."""
    found = gaze_angles(name)
    if found is None:
        return None
    group, yaw, pitch = found
    affine = np.zeros((3, 4))
    affine[:, :3] = gaze_rotation(yaw, pitch) - np.eye(3)
    return group, affine
