"""Hair colours go from white to black, red and dyed, alike for strands and for Blender's material."""

from __future__ import annotations

import colorsys
from dataclasses import replace

import numpy as np
import pytest

from headsmith_server.hair.colour import (
    absorption_of,
    grey_part,
    mass_colour,
    mean_colour,
    principled_hair,
    strand_colours,
)
from headsmith_server.hair.parameters import HairColour

SHADES = (np.arange(400, dtype=np.float32) + 0.5) / 400
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("redness", [0.0, 0.25, 0.9])
def test_more_melanin_is_darker_in_every_channel(redness: float) -> None:
    colours = np.array([mean_colour(HairColour(melanin, redness)) for melanin in np.linspace(0.02, 0.95, 14)])
    assert (np.diff(colours, axis=0) <= 1e-4).all()
    assert colours[0] @ LUMINANCE > 0.5
    assert colours[-1] @ LUMINANCE < 0.02


def test_redder_hair_has_more_red_to_its_green() -> None:
    ratios = []
    for redness in (0.0, 0.3, 0.6, 0.95):
        red, green, _ = mean_colour(HairColour(0.48, redness))
        ratios.append(red / green)
    assert ratios == sorted(ratios)
    assert ratios[-1] > 1.5 * ratios[0]


def test_dark_hair_is_not_pure_black_and_no_hair_is_brighter_than_white() -> None:
    for colour in (HairColour(1.0, 0.0), HairColour(0.0, 0.0), HairColour(0.0, 0.0, 1.0)):
        strands = strand_colours(colour, SHADES)
        assert strands.dtype == np.float32
        assert (strands > 0.003).all()
        assert (strands <= 1.0).all()


@pytest.mark.parametrize("dye", [(0.03, 0.12, 0.55), (0.85, 0.2, 0.4), (0.05, 0.4, 0.12), (0.25, 0.05, 0.45)])
@pytest.mark.parametrize("melanin", [0.2, 0.95])
def test_a_dye_gives_its_hue_to_any_hair(dye: tuple[float, float, float], melanin: float) -> None:
    hue, saturation, _ = colorsys.rgb_to_hsv(*mean_colour(HairColour(melanin, 0.2, 0.1, dye)))
    wanted = colorsys.rgb_to_hsv(*dye)[0]
    assert abs((hue - wanted + 0.5) % 1.0 - 0.5) < 0.06
    assert saturation > 0.4


def test_strands_of_one_head_vary_but_keep_to_their_colour() -> None:
    strands = strand_colours(HairColour(0.68, 0.25), SHADES)
    level = np.log(strands @ LUMINANCE)
    assert 0.05 < level.std() < 0.6


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.82, 1.0])
def test_the_grey_share_is_kept_on_average(share: float) -> None:
    assert grey_part(HairColour(0.8, 0.1, share), SHADES).mean() == pytest.approx(share, abs=0.005)


def test_greying_hair_gets_lighter_and_ends_nearly_neutral() -> None:
    levels = [np.array(mean_colour(HairColour(0.8, 0.12, share))) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert (np.diff([level @ LUMINANCE for level in levels]) > 0).all()
    assert levels[-1].max() / levels[-1].min() < 1.25


def test_absorption_and_colour_are_inverses() -> None:
    colours = np.array([[0.02, 0.3, 0.9], [0.5, 0.5, 0.5]])
    assert mass_colour(absorption_of(colours)) == pytest.approx(colours)


def test_the_material_has_the_strands_pigment() -> None:
    """Blender's formula for concentrations, applied to the material's numbers, gives the strands' mean colour."""
    colour = HairColour(0.68, 0.25)
    material = principled_hair(colour)
    amount = -np.log(1.0 - material.melanin)
    eumelanin = amount * (1.0 - material.melanin_redness) * np.array([0.506, 0.841, 1.653])
    pheomelanin = amount * material.melanin_redness * np.array([0.343, 0.733, 1.924])
    assert mass_colour(eumelanin + pheomelanin) == pytest.approx(np.array(mean_colour(colour)), rel=0.2)
    dyed = principled_hair(replace(colour, dye=(0.1, 0.2, 0.6)))
    assert dyed.tint == pytest.approx((0.1, 0.2, 0.6))
    assert dyed.melanin < 0.1 * material.melanin
    numbers = dyed.numbers()
    assert numbers["tint_b"] == pytest.approx(0.6)
    assert all(isinstance(value, float) for value in numbers.values())
