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
# HairColour's melanin is even to the eye: blond near a quarter, brown past a half, black at one. A share of its
# logarithm to this power gives about the linear colours that the brows and the cropped scalp are painted in.
CONCENTRATION: Final = (0.32, 1.3)
LUMINANCE: Final = np.array([0.2126, 0.7152, 0.0722])
DARKEST: Final = np.array([0.0055, 0.0047, 0.0042])
"""No hair is darker: its surface reflects (linear sRGB)."""
GREY: Final = np.array([0.61, 0.59, 0.555])
"""Linear sRGB of a mass of hairs without pigment: keratin itself is a little yellow."""
SHARED: Final = 0.35
"""Share of the light, on a logarithmic scale, that a hair has from its neighbours: white among black looks grey."""
BANDS: Final = np.array([1.0, 0.93, 1.10])
"""Three bands stand for a steep spectrum, which leaves browns greenish; this takes the green out."""
BLEACHED: Final = 0.02
"""Share of the pigment that is left under a dye."""
COPPER: Final = np.array([0.0, 1.7, 2.3])
"""Red hair is redder than these coefficients of pheomelanin alone make it: a tint's negative logarithm."""
VARIATION: Final = 0.22
"""Standard deviation of the logarithm of the concentration between the hairs of one head."""
REDNESS_VARIATION: Final = 0.07


@dataclass(frozen=True)
class PrincipledHair:
    """Inputs of Blender's Principled Hair BSDF, parametrisation "Melanin Concentration".

    melanin, melanin_redness 0..1; tint: linear sRGB, (1, 1, 1) is none; roughness, radial_roughness, coat, ior;
    offset radians; random_colour, random_roughness 0..1. grey_share of the hairs are grey: mix two such materials by
    grey_part of each strand's shade, or by whether the shade is below grey_share. The grey ones have no melanin and
    grey_tint, or, where one tint must do for both, grey_melanin.
    """

    melanin: float
    melanin_redness: float
    tint: tuple[float, float, float]
    grey_share: float
    grey_tint: tuple[float, float, float]
    grey_melanin: float = 0.0065
    roughness: float = 0.3
    radial_roughness: float = RADIAL_ROUGHNESS
    coat: float = 0.0
    ior: float = 1.55
    offset: float = 0.035
    random_colour: float = 0.3
    random_roughness: float = 0.15

    def numbers(self) -> dict[str, float]:
        """The same as named numbers for HeadAsset.materials; colours end in _r, _g, _b."""
        numbers: dict[str, float] = {}
        for name, value in asdict(self).items():
            if isinstance(value, tuple):
                numbers.update({f"{name}_{channel}": float(part) for channel, part in zip("rgb", value, strict=True)})
            else:
                numbers[name] = float(value)
        return numbers


def principled_hair(colour: HairColour) -> PrincipledHair:
    """The material whose mean is about the mean of strand_colours."""
    if colour.dye is None:
        bleached, tint, grey = 1.0, np.exp(-COPPER * _copper(colour)), GREY
    else:
        bleached, tint = BLEACHED, np.asarray(colour.dye, np.float64)
        grey = mass_colour(absorption_of(tint) + absorption_of(GREY))
    return PrincipledHair(
        melanin=1.0 - float(np.exp(-bleached * _concentration(colour))),
        melanin_redness=float(np.clip(colour.redness, 0.0, 1.0)),
        tint=(float(tint[0]), float(tint[1]), float(tint[2])),
        grey_share=float(np.clip(colour.grey, 0.0, 1.0)),
        grey_tint=(float(grey[0]), float(grey[1]), float(grey[2])),
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
    varied = np.exp(VARIATION * darker)[:, None]
    pigmented = varied * _pigment(_concentration(colour), red) + absorption_of(np.exp(-COPPER * _copper(colour)))
    grey = varied * absorption_of(GREY)
    mean = _pigment(_concentration(colour), np.array([colour.redness]))
    if colour.dye is not None:
        # A dye takes unevenly from hair to hair, over what bleaching has left.
        dye = absorption_of(np.asarray(colour.dye, np.float64))
        taken = np.exp(0.5 * VARIATION * redder)[:, None] * dye
        pigmented, grey, mean = BLEACHED * pigmented + taken, grey + taken, BLEACHED * mean + dye
    share = float(np.clip(colour.grey, 0.0, 1.0))
    part = grey_part(colour, shade)[:, None]
    own = (1.0 - part) * mass_colour(pigmented) * BANDS + part * mass_colour(grey)
    if 0.0 < share < 1.0:
        around = mass_colour((1.0 - share) * mean + share * absorption_of(GREY))
        own = own * np.power((around @ LUMINANCE) / (own @ LUMINANCE), SHARED)[:, None]
    return np.clip(own, DARKEST, 1.0).astype(np.float32)


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
    return np.square(np.log(np.clip(colour, 1e-3, 1.0)) / _azimuthal_factor())


def _pigment(amount: float, red: NDArray[np.float64]) -> NDArray[np.float64]:
    return amount * ((1.0 - red)[:, None] * EUMELANIN + red[:, None] * PHEOMELANIN)


def _azimuthal_factor() -> float:
    b = RADIAL_ROUGHNESS
    return 5.969 - 0.215 * b + 2.532 * b**2 - 10.73 * b**3 + 5.574 * b**4 + 0.245 * b**5


def _concentration(colour: HairColour) -> float:
    factor, power = CONCENTRATION
    amount = factor * float(-np.log(1.0 - np.clip(colour.melanin, 0.0, 0.985))) ** power
    return amount * (1.0 - 0.35 * _copper(colour))


def _copper(colour: HairColour) -> float:
    """How far the hair is red hair, 0..1, and not brown hair with a warm tone."""
    t = float(np.clip((colour.redness - 0.35) / 0.6, 0.0, 1.0))
    pigment = 1.0 - float(np.exp(-((colour.melanin / 0.22) ** 2)))  # without any there is nothing to be red
    return t * t * (3.0 - 2.0 * t) * pigment


def _normal(turns: NDArray[np.float64]) -> NDArray[np.float64]:
    """About N(0, 1), bounded, from the fractional parts of numbers: a sum of three sawtooth waves' heights."""
    parts = [np.mod(turns * factor, 1.0) for factor in (1.0, 3.0 + 1.0 / 7.0, 7.0 + 1.0 / 3.0)]
    return np.asarray((sum(parts) - 1.5) * 2.0, np.float64)
