"""Melanin-based hair colour: one set of concentrations for strands, cards and Blender's Principled Hair BSDF.

Absorption of eumelanin and pheomelanin per unit of concentration: Blender's Principled Hair (Cycles,
node_principled_hair_bsdf.osl, after d'Eon et al., "An Energy-Conserving Hair Reflectance Model", 2011). From
absorption to the colour of a mass of hair and back: Chiang et al., "A Practical and Controllable Hair and Fur Model
for Production Path Tracing" (2016), equation 9.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from headsmith_server.hair.groom import Groom
from headsmith_server.hair.parameters import HairColour

Float32 = NDArray[np.float32]

EUMELANIN: Final = np.array([0.506, 0.841, 1.653])
PHEOMELANIN: Final = np.array([0.343, 0.733, 1.924])
RADIAL_ROUGHNESS: Final = 0.3
# HairColour's melanin is even to the eye: blond near a quarter, brown past a half, black at one. A third of its
# logarithm to this power gives about the linear colours that the brows and the cropped scalp are painted in.
CONCENTRATION: Final = (1.0 / 3.0, 1.2)
DARKEST: Final = np.array([0.0055, 0.0047, 0.0042])
"""No hair is darker: its surface reflects (linear sRGB)."""
GREY_CONCENTRATION: Final = 0.009
GREY_REDNESS: Final = 0.3
"""Of a hair without pigment: keratin itself is a little yellow."""
BLEACHED: Final = 0.10
"""Share of the pigment that is left under a dye."""
VARIATION: Final = 0.22
"""Standard deviation of the logarithm of the concentration between the hairs of one head."""
REDNESS_VARIATION: Final = 0.07


@dataclass(frozen=True)
class PrincipledHair:
    """Inputs of Blender's Principled Hair BSDF, parametrisation "Melanin Concentration".

    melanin, melanin_redness 0..1; tint: linear sRGB, (1, 1, 1) is none; roughness, radial_roughness, coat, ior;
    offset radians; random_colour, random_roughness 0..1. grey_share of the hairs have grey_melanin instead: mix two such
    materials by grey_part of each strand's shade, or by whether the shade is below grey_share.
    """

    melanin: float
    melanin_redness: float
    tint: tuple[float, float, float]
    grey_share: float
    grey_melanin: float
    roughness: float = 0.3
    radial_roughness: float = RADIAL_ROUGHNESS
    coat: float = 0.0
    ior: float = 1.55
    offset: float = 0.035
    random_colour: float = 0.3
    random_roughness: float = 0.15

    def numbers(self) -> dict[str, float]:
        """The same as named numbers for HeadAsset.materials; the tint is tint_r, tint_g, tint_b."""
        flat = asdict(self)
        flat.update(zip(("tint_r", "tint_g", "tint_b"), flat.pop("tint"), strict=True))
        return {name: float(value) for name, value in flat.items()}


def principled_hair(colour: HairColour) -> PrincipledHair:
    """The material whose mean is the mean of strand_colours."""
    bleached = BLEACHED if colour.dye is not None else 1.0
    dye = (1.0, 1.0, 1.0) if colour.dye is None else colour.dye
    return PrincipledHair(
        melanin=1.0 - float(np.exp(-bleached * _concentration(colour))),
        melanin_redness=float(np.clip(colour.redness, 0.0, 1.0)),
        tint=(float(dye[0]), float(dye[1]), float(dye[2])),
        grey_share=float(np.clip(colour.grey, 0.0, 1.0)),
        grey_melanin=1.0 - float(np.exp(-bleached * GREY_CONCENTRATION)),
    )


def grey_part(colour: HairColour, shade: Float32) -> Float32:
    """How grey each strand is, 0..1 [S], of shades [S]: a strand stands for several hairs, so few are all or nothing.

    A ramp about the grey share whose mean over all shades is that share.
    """
    share = float(np.clip(colour.grey, 0.0, 1.0))
    half = min(share, 1.0 - share, 0.25)
    if half <= 0.0:
        return np.full(np.shape(shade), share, np.float32)
    return np.clip((share + half - np.asarray(shade, np.float32)) / (2.0 * half), 0.0, 1.0).astype(np.float32)


def strand_colours(colour: HairColour, shade: Float32) -> Float32:
    """Linear sRGB [S, 3] of each strand within a mass of its like, from its shade [S] (0..1)."""
    place = np.asarray(shade, np.float64)
    darker, redder = _normal(place * 61.803), _normal(place * 271.828 + 0.37)
    red = np.clip(colour.redness + REDNESS_VARIATION * redder, 0.0, 1.0)
    varied = np.exp(VARIATION * darker)
    pigmented = _absorption(_concentration(colour) * varied, red)
    grey = _absorption(GREY_CONCENTRATION * varied, np.full_like(red, GREY_REDNESS))
    if colour.dye is not None:
        # A dye takes unevenly from hair to hair, over what bleaching has left.
        dye = np.exp(0.5 * VARIATION * redder)[:, None] * absorption_of(np.asarray(colour.dye, np.float64))
        pigmented, grey = BLEACHED * pigmented + dye, grey + dye
    part = grey_part(colour, shade)[:, None]
    mixed = (1.0 - part) * mass_colour(pigmented) + part * mass_colour(grey)
    return np.clip(mixed, DARKEST, 1.0).astype(np.float32)


def groom_colours(groom: Groom) -> Float32:
    """Linear sRGB [S, 3] of a groom's strands."""
    return strand_colours(groom.colour, groom.shade)


def mean_colour(colour: HairColour) -> tuple[float, float, float]:
    """Linear sRGB of many hairs of that colour together."""
    red, green, blue = strand_colours(colour, (np.arange(512, dtype=np.float32) + 0.5) / 512).mean(axis=0)
    return float(red), float(green), float(blue)


def mass_colour(absorption: NDArray[np.floating]) -> NDArray[np.floating]:
    """Colour [..., 3] of a mass of fibres with that absorption [..., 3]: Chiang et al. (2016), equation 9 inverted."""
    return np.exp(-_azimuthal_factor() * np.sqrt(np.maximum(absorption, 0.0)))


def absorption_of(colour: NDArray[np.floating]) -> NDArray[np.floating]:
    """Absorption [..., 3] of fibres whose mass has that linear colour: Chiang et al. (2016), equation 9."""
    return np.square(np.log(np.clip(colour, 1e-3, 0.999)) / _azimuthal_factor())


def _absorption(amount: NDArray[np.float64], red: NDArray[np.float64]) -> NDArray[np.float64]:
    return amount[:, None] * ((1.0 - red)[:, None] * EUMELANIN + red[:, None] * PHEOMELANIN)


def _azimuthal_factor() -> float:
    b = RADIAL_ROUGHNESS
    return 5.969 - 0.215 * b + 2.532 * b**2 - 10.73 * b**3 + 5.574 * b**4 + 0.245 * b**5


def _concentration(colour: HairColour) -> float:
    factor, power = CONCENTRATION
    return factor * float(-np.log(1.0 - np.clip(colour.melanin, 0.0, 0.985))) ** power


def _normal(turns: NDArray[np.float64]) -> NDArray[np.float64]:
    """About N(0, 1), bounded, from the fractional parts of numbers: a sum of three sawtooth waves' heights."""
    parts = [np.mod(turns * factor, 1.0) for factor in (1.0, 3.0 + 1.0 / 7.0, 7.0 + 1.0 / 3.0)]
    return (sum(parts) - 1.5) * 2.0
