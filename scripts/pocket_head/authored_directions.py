"""Directions for which MakeHuman has no local slider: drawn as smooth fields on ICT's mean head.

All take ICT's neutral vertices [N, 3] (metres) and give deltas of about one visible unit, symmetric in x.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float64]

EYE_LINE = 0.036
CHIN = -0.078
BROW = 0.052
COLLAR = -0.125


def smoothstep(start: float, end: float, values: Field) -> Field:
    """0 before start, 1 after end (either order), smooth between."""
    share = np.clip((values - start) / (end - start), 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


def brow_ridge(neutral: Field) -> Field:
    """The bone above the eyes comes forward and a little down, the glabella with it, the eyes stay."""
    x, y, z = np.abs(neutral[:, 0]), neutral[:, 1], neutral[:, 2]
    # The ridge rises a little towards the temples and runs out behind the orbit's edge.
    height = BROW + 0.10 * np.clip(x - 0.012, 0, 0.03) - 0.006 * smoothstep(0.035, 0.055, x)
    above = np.where(y > height, 0.013, 0.0075)
    band = np.exp(-(((y - height) / above) ** 2))
    across = 1.0 - smoothstep(0.040, 0.066, x)
    middle = 1.0 - 0.35 * np.exp(-((x / 0.008) ** 2))
    weight = band * across * middle * smoothstep(0.055, 0.085, z)
    return np.stack([np.zeros_like(x), -0.25 * weight, weight], axis=1) * 1e-3


def face_length(neutral: Field) -> Field:
    """Everything below the eyes stretches downwards; the neck gives way, the skull stays."""
    y, z = neutral[:, 1], neutral[:, 2]
    down = np.clip((EYE_LINE - y) / (EYE_LINE - CHIN), 0.0, 1.0)
    below = smoothstep(COLLAR, CHIN, y)
    front = smoothstep(-0.045, 0.045, z - 0.25 * np.clip(-0.02 - y, 0, None))
    return np.stack([0 * y, -(down**1.15) * below * front, 0 * y], axis=1) * 1e-3


def face_width(neutral: Field) -> Field:
    """Cheeks, jaw and temples move outwards, ears with them; the features in the middle hardly do."""
    x, y = neutral[:, 0], neutral[:, 1]
    side = smoothstep(0.010, 0.068, np.abs(x)) * np.sign(x)
    height = smoothstep(-0.105, -0.055, y) * (1.0 - 0.55 * smoothstep(0.07, 0.14, y))
    return np.stack([side * height, 0 * y, 0 * y], axis=1) * 1e-3


def forehead_height(neutral: Field) -> Field:
    """The skull above the brows rises, most at the hairline."""
    y, z = neutral[:, 1], neutral[:, 2]
    rise = smoothstep(0.052, 0.118, y) * (0.45 + 0.55 * smoothstep(-0.09, 0.06, z))
    forward = 0.18 * np.exp(-(((y - 0.090) / 0.022) ** 2)) * smoothstep(0.02, 0.08, z)
    return np.stack([0 * y, rise, forward], axis=1) * 1e-3


def jaw_width(neutral: Field) -> Field:
    """The angles of the jaw move outwards (and a little down), the chin's sides half as much."""
    x, y, z = neutral[:, 0], neutral[:, 1], neutral[:, 2]
    angle = np.exp(-(((y + 0.048) / 0.026) ** 2)) * smoothstep(-0.035, 0.015, z) * (1 - 0.5 * smoothstep(0.06, 0.10, z))
    side = smoothstep(0.006, 0.052, np.abs(x)) * np.sign(x)
    return np.stack([angle * side, -0.12 * angle * np.abs(side), 0 * y], axis=1) * 1e-3


def calm_neck(field: Field, neutral: Field, left: float = 0.12) -> Field:
    """A field whose neck moves as under the chin, and less and less towards the collar."""
    weight = left + (1.0 - left) * smoothstep(COLLAR - 0.005, -0.070, neutral[:, 1])
    return field * weight[:, None]
