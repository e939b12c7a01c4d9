"""What one portrait of the data factory holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_server.synthesis.cameras import Shot
from headsmith_server.synthesis.lights import Illumination
from headsmith_server.synthesis.people import Person

PARTS: Final = ("background", "skin", "eyes", "teeth", "gums", "tongue", "torso", "hair")
"""Names of the part ids. "torso" is cloth and skin below the collar; "hair" is whatever strands mostly cover: scalp
hair, beard, brows and lashes."""


@dataclass(frozen=True)
class PortraitSample:
    """One picture of one person with all that is known about it. H = W = size; row 0 is the top.

    image: uint8 [H, W, 3], sRGB; normal: float32 [H, W, 3], unit, of the surface in the camera's space (+X right, +Y
    up, +Z to the camera), 0 where nothing is; albedo: uint8 [H, W, 3], sRGB, hair included; depth: float32 [H, W],
    metres along the line of sight of head and torso, 0 where nothing is; mask: uint8 [H, W], coverage by the person,
    hair included; parts: uint8 [H, W], numbers in PARTS; landmarks_68, landmarks_478 (where FaceMesh sees
    them from that side, see heads/facemesh.py): float32 [N, 3], column, row
    (pixel centres at +0.5) and depth in metres; visible_68, visible_478: bool [N], inside the picture and neither
    behind the head nor under hair; view, projection: float32 [4, 4] of the camera (world in metres to view space to
    clip space, OpenGL); shot: how it was taken; light: what shone; weights: float32 [52], the expression in ARKit's
    order as it was asked for; expression: its name; person: who it is; seed, index, number: of the population, of the
    person and of the picture.
    """

    image: NDArray[np.uint8]
    normal: NDArray[np.float32]
    albedo: NDArray[np.uint8]
    depth: NDArray[np.float32]
    mask: NDArray[np.uint8]
    parts: NDArray[np.uint8]
    landmarks_68: NDArray[np.float32]
    visible_68: NDArray[np.bool_]
    landmarks_478: NDArray[np.float32]
    visible_478: NDArray[np.bool_]
    view: NDArray[np.float32]
    projection: NDArray[np.float32]
    shot: Shot
    light: Illumination
    weights: NDArray[np.float32]
    expression: str
    person: Person
    seed: int
    index: int
    number: int
