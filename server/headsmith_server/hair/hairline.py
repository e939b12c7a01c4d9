"""The hairline and how densely hair grows behind it, as functions of a place on the mean head.

The line is heights over azimuths about the ears' axis; the skin is painted by the same (texture/hairs.py).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from headsmith_server.hair.parameters import HairParameters
from headsmith_server.hair.scalp import Measures, Scalp, scalp_of
from headsmith_server.heads.protocol import HeadModel
from headsmith_server.texture.arrays import Field

AZIMUTHS: Final = (0, 6, 12, 19, 26, 38, 46, 52, 56, 59, 62, 66, 72, 80, 92, 100, 108, 118, 132, 152, 180)
FOREHEAD_MM: Final = np.array([40, 40.5, 40.5, 40, 38, 30, 19, 4, -10, -26, -41], np.float32)
"""Heights above the brows over the first AZIMUTHS. With what frays, the middle stands at about 53 mm over the glabella
of a head whose face has 70 mm from there to the nose's base: Farkas, "Anthropometry of the Head and Face" (1994)."""
HAIRLINE_MM: Final = np.array([3.5, 4, 4.5, 6.5, 8.5, 10, 9.5, 7, 5, 4, 1], np.float32)
"""By how much a high, square hairline stands above it and a low, round one below, over the same azimuths."""
RECEDED_MM: Final = np.array([54, 58.5, 67, 76, 81, 71, 55, 30, 8, -15, -36], np.float32)
"""Heights above the brows of a hairline that has receded by 1."""
SHAVEN: Final = 0.95
"""From this fade on the sides of a mohawk are shaven."""
EAR_GAP_MM: Final = 4.0
"""No roots so near to the ear."""


def smoothstep(low: Field | float, high: Field | float, value: Field | float) -> Field:
    """0 at low and beyond, 1 at high and beyond, smooth between; low may exceed high."""
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)


def azimuth(measures: Measures, points: Field) -> Field:
    """Degrees about the ears' axis: 0 in front, 180 behind, both sides alike."""
    ahead = points[..., 2] - measures.ear_z + 6.0 * measures.scale
    return np.degrees(np.arctan2(np.abs(points[..., 0]), ahead)).astype(np.float32)


def inside_mm(measures: Measures, points: Field, hairline: float = 0.0, recession: float = 0.0) -> Field:
    """Millimetres [...] above the hairline (negative below it) at mean-head points [..., 3] mm.

    hairline, recession: as in HairParameters. What has receded by 1 ends at one line, from wherever it started.
    """
    m, s = measures, measures.scale
    middle = (m.ear_low + m.ear_top) / 2
    forehead = FOREHEAD_MM + np.float32(hairline) * HAIRLINE_MM
    forehead = m.brow_y + s * (forehead + np.float32(recession) * (RECEDED_MM - forehead))
    heights = [
        *forehead, middle + s * (-4 + 6 * recession), middle - 8 * s, middle - 2 * s, middle, middle,
        m.ear_low + 14 * s, m.ear_low - 1 * s, m.ear_low - 13 * s, m.ear_low - 17 * s, m.ear_low - 15 * s,
    ]  # fmt: skip
    turn = azimuth(measures, points)
    line = np.interp(turn, AZIMUTHS, heights)
    # No hairline is drawn with a ruler.
    x, y, z = points[..., 0] / s, points[..., 1] / s, points[..., 2] / s
    ragged = 1.1 * np.sin(0.33 * x + 0.21 * y + 1.0) + 0.8 * np.sin(0.71 * x - 0.37 * z + 0.6 * y + 2.0)
    return (points[..., 1] - line + s * ragged).astype(np.float32)


def crown_share(measures: Measures, points: Field, crown: float) -> Field:
    """How much of the hair a bald crown leaves, 0..1 [...]. crown 0 leaves all, 1 only a horseshoe."""
    if crown <= 0.0:
        return np.ones(points.shape[:-1], np.float32)
    m, s = measures, measures.scale
    centre = np.array([0.0, m.top_y - 6.0 * s, m.back_z + 45.0 * s], np.float32)
    offset = (points - centre) / np.float32(s)
    # Grows forward faster than backward, and over the top it meets the receding front.
    offset[..., 2] = np.where(offset[..., 2] > 0, offset[..., 2] * (1.0 - 0.45 * crown), offset[..., 2])
    away = np.linalg.norm(offset, axis=-1)
    reach = 76.0 * crown**0.7
    return 1.0 - smoothstep(reach + 9.0, reach - 9.0 - 10.0 * (1.0 - crown), away) * min(1.0, 0.35 + crown * 1.3)


def share_of_hair(measures: Measures, points: Field, hair: HairParameters) -> Field:
    """Roots per area against the thickest hair, 0..1 [...], at mean-head points [..., 3] mm; ears are not left out."""
    recession, crown = baldness(hair)
    inside = inside_mm(measures, points, hair.hairline, recession) / measures.scale
    frayed = smoothstep(-1.5, 7.0 + 14.0 * recession, inside)
    thinned = 1.0 - 0.45 * recession * smoothstep(30.0, 8.0, inside) * smoothstep(75.0, 50.0, azimuth(measures, points))
    amount = 0.35 + 0.65 * float(np.clip(hair.density, 0.0, 1.0))
    return frayed * thinned * crown_share(measures, points, crown) * np.float32(amount)


def fin_share(measures: Measures, points: Field) -> Field:
    """1 on the strip that a mohawk leaves, 0 beside it [...], at mean-head points [..., 3] mm."""
    place = (points - measures.centre) / np.float32(measures.scale)
    within = smoothstep(23.0, 19.0, np.abs(place[..., 0]))
    return within * smoothstep(-30.0, -5.0, place[..., 1] - 0.2 * place[..., 2])


def baldness(hair: HairParameters) -> tuple[float, float]:
    """(recession, crown) as the style has them at least."""
    recession, crown = float(np.clip(hair.recession, 0, 1)), float(np.clip(hair.crown, 0, 1))
    if hair.style == "receding":
        return max(recession, 0.85), max(crown, 0.9)
    return recession, crown


def hair_density(model: HeadModel, hair: HairParameters) -> Field:
    """How densely hair grows at each skin vertex, float32 [skin V], 0 (none) .. 1 (thickest); for painting the scalp.

    It is that of the roots which grow_hair plants, so paint and strands end at the same hairline. "bald" has none.
    """
    scalp = scalp_of(model)
    density = density_at(model, hair, scalp.mean * np.float32(0.001))
    # What lies inside, or on an ear, has none, however near to the hairline it is.
    growing = np.zeros(len(density), bool)
    growing[scalp.corners] = True
    for name in ("ear_l", "ear_r"):
        growing[model.topology.sets.get(name, np.zeros(0, np.int32))] = False
    return np.where(growing, density, np.float32(0.0))


def density_at(model: HeadModel, hair: HairParameters, points: Field) -> Field:
    """hair_density at places [..., 3] (metres) on the mean head's skin, such as the texels of its UV layout."""
    scalp = scalp_of(model)
    flat = np.asarray(points, np.float32).reshape(-1, 3) * np.float32(1000.0)
    if hair.style == "bald":
        return np.zeros(points.shape[:-1], np.float32)
    share = share_of_hair(scalp.measures, flat, hair) * clear_of_ears(scalp, flat)
    if hair.style == "mohawk" and hair.fade >= SHAVEN:
        share = share * np.maximum(fin_share(scalp.measures, flat), np.float32(0.1))  # roots are seen through the skin
    share = np.where(flat[:, 1] > scalp.measures.chin_y, share, 0.0)
    return share.reshape(points.shape[:-1]).astype(np.float32)


def clear_of_ears(scalp: Scalp, points: Field) -> Field:
    """0 on the ears and close to them, 1 away from them [N], for points on the mean skin [N, 3] mm."""
    gap = scalp.volume.ear_distance(points) / scalp.measures.scale
    return smoothstep(EAR_GAP_MM - 1.5, EAR_GAP_MM + 1.5, gap)
