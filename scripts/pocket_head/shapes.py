"""The 52 ARKit shapes out of ICT-FaceKit's expressions: renamed, joined, made symmetric and clean."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_server.heads.ict_facekit import VERTEX_RANGES, IctModel
from headsmith_shared.arkit import ARKIT_NAMES

JOINED: Final = {"browInnerUp": ("browInnerUp_L", "browInnerUp_R"), "cheekPuff": ("cheekPuff_L", "cheekPuff_R")}
AUTHORED: Final = ("tongueOut",)
NOISE: Final = 0.0003
"""Metres: the gums of some of ICT's right-hand shapes move by up to this much without reason."""


def ict_names(name: str) -> tuple[str, ...]:
    """ICT's file names whose sum is that ARKit shape; empty for tongueOut."""
    if name in AUTHORED:
        return ()
    if name in JOINED:
        return JOINED[name]
    for side, letter in (("Left", "_L"), ("Right", "_R")):
        if name.endswith(side) and name not in ("jawLeft", "jawRight", "mouthLeft", "mouthRight"):
            return (name.removesuffix(side) + letter,)
    return (name,)


def other_side(name: str) -> str:
    """The shape on the other side: eyeBlinkLeft for eyeBlinkRight, the same for shapes of both sides."""
    if name.endswith("Left"):
        return name.removesuffix("Left") + "Right"
    return name.removesuffix("Right") + "Left" if name.endswith("Right") else name


def arkit_fields(ict: IctModel, mirror: NDArray[np.integer]) -> dict[str, NDArray[np.float64]]:
    """ARKit name -> float64 [26719, 3] deltas (metres), exactly symmetric: a left shape mirrored is the right one.

    tongueOut is zero here. mirror [26719]: the vertex on the other side.
    """
    raw: dict[str, NDArray[np.float64]] = {}
    for name in ARKIT_NAMES:
        total = np.zeros(ict.neutral.shape)
        for file in ict_names(name):
            total += ict.expressions[file]
        raw[name] = _without_noise(name, total)
    flip = np.array([-1.0, 1.0, 1.0])
    return {name: 0.5 * (raw[name] + raw[other_side(name)][mirror] * flip) for name in ARKIT_NAMES}


def _without_noise(name: str, field: NDArray[np.float64]) -> NDArray[np.float64]:
    """Upper-face shapes do not move gums, tongue and teeth at all; what is there is noise."""
    if not name.startswith(("eye", "brow", "cheekSquint", "noseSneer")):
        return field
    clean = field.copy()
    for part in ("gums_and_tongue", "teeth"):
        rows = VERTEX_RANGES[part]
        inside = clean[rows.start : rows.stop]
        inside[np.linalg.norm(inside, axis=1) <= NOISE] = 0.0
    return clean
