"""Make-up on all skins: where it lies, its colour and its gloss."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from headsmith_server.texture.makeup import draw_makeup
from headsmith_server.texture.optics import linear_to_lab, srgb_to_linear
from headsmith_server.texture.parameters import Makeup, SkinParameters
from headsmith_server.texture.skin import SkinMaps, paint_maps
from headsmith_server.texture.wet import wet_line

NO_NOISES: Any = None
TONES = {"pale": 0.12, "medium": 0.45, "dark": 0.8}


def skin(tone: str, **makeup) -> SkinParameters:
    return SkinParameters(melanin=TONES[tone], moles=0.0, makeup=Makeup(**makeup))


@pytest.fixture(scope="module")
def paint(small_surface, pocket_mean):
    kept: dict[SkinParameters, SkinMaps] = {}

    def painted(which: SkinParameters) -> SkinMaps:
        if which not in kept:
            kept[which] = paint_maps(small_surface, pocket_mean, which, 5)
        return kept[which]

    return painted


def lab(maps: SkinMaps) -> np.ndarray:
    return linear_to_lab(srgb_to_linear(maps.albedo / 255.0))


def test_colours_and_finishes_without_strength_leave_every_byte(small_surface, paint) -> None:
    named = skin("pale", lipstick=(0.0, 0.5, 0.0), lipstick_gloss=1.0, eyeliner_wing=1.0, foundation_shade=-1.0)
    layers = draw_makeup(small_surface, named, NO_NOISES).layers()
    assert (layers.pigments, layers.overlays, layers.heights) == ((), (), ())
    plain, same = paint(skin("pale")), paint(named)
    for channel in ("albedo", "normal", "roughness", "specular", "displacement"):
        np.testing.assert_array_equal(getattr(plain, channel), getattr(same, channel))


@pytest.mark.parametrize("tone", TONES)
def test_lipstick_has_its_colour_and_gloss_on_the_lips_only(paint, small_surface, tone: str) -> None:
    lips = (small_surface.lips.signed_mm > 1.0) & (small_surface.regions["mucosa"] < 0.1) & small_surface.field.covered
    away = (small_surface.lips.signed_mm < -3.0) & small_surface.field.covered
    plain = paint(skin(tone))
    red = {gloss: paint(skin(tone, lipstick=(0.42, 0.012, 0.025), lipstick_strength=0.95, lipstick_gloss=gloss))
           for gloss in (0.0, 0.5, 1.0)}  # fmt: skip
    colour = lab(red[0.5])[lips].mean(axis=0)
    assert colour[1] > 35.0
    assert colour[1] > 1.3 * colour[2]
    roughness = [maps.roughness[lips].mean() for maps in red.values()]
    assert roughness[0] > roughness[1] + 20 > roughness[2] + 40
    np.testing.assert_array_equal(red[0.5].albedo[away], plain.albedo[away])
    np.testing.assert_array_equal(red[0.5].displacement, plain.displacement)


@pytest.mark.parametrize("tone", TONES)
def test_foundation_evens_the_face_and_keeps_its_tone(paint, small_surface, tone: str) -> None:
    spotted = replace(skin(tone), freckles=0.9, redness=0.6)
    covered = replace(spotted, makeup=Makeup(foundation_strength=0.95))
    r = small_surface.regions
    face = (r["cheek"] + r["forehead"] > 0.6) & small_surface.field.covered
    before, after = lab(paint(spotted))[face], lab(paint(covered))[face]
    assert after.std(axis=0).sum() < 0.6 * before.std(axis=0).sum()
    assert abs(after[:, 0].mean() - before[:, 0].mean()) < 7.0
    lighter, darker = (
        lab(paint(skin(tone, foundation_strength=0.9, foundation_shade=shade)))[face][:, 0].mean() for shade in (1, -1)
    )
    assert lighter > darker + 3.0


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize(
    ("makeup", "region"),
    [
        ({"blush_strength": 0.9}, "malar"),
        ({"eye_shadow": (0.03, 0.10, 0.36), "eye_shadow_strength": 0.9}, "lid_upper"),
        ({"eyeliner_strength": 0.9}, "lid_margin"),
        ({"contour_strength": 0.9}, "jaw"),
    ],
)
def test_each_product_lies_where_a_hand_puts_it(paint, small_surface, tone: str, makeup: dict, region: str) -> None:
    difference = np.linalg.norm(lab(paint(skin(tone, **makeup))) - lab(paint(skin(tone))), axis=-1)
    r, inside = small_surface.regions, small_surface.field.covered
    there = difference[(r[region] > 0.7 * r[region].max()) & inside].mean()
    back = difference[(small_surface.positions[..., 2] < 0.0) & inside].mean()
    assert there > 1.0
    assert back < 0.15


def test_blush_reddens_and_shadow_takes_its_colour(paint, small_surface) -> None:
    r, inside = small_surface.regions, small_surface.field.covered
    apple = (r["malar"] > 0.8) & inside
    for tone in TONES:
        step = (lab(paint(skin(tone, blush_strength=0.9))) - lab(paint(skin(tone))))[apple].mean(axis=0)
        assert step[1] > 1.5
        lid = (r["lid_upper"] > 0.8) & inside
        blue = lab(paint(skin(tone, eye_shadow=(0.03, 0.10, 0.36), eye_shadow_strength=0.95)))[lid].mean(axis=0)
        assert blue[2] < -8.0


def test_shadow_rises_to_the_brow_and_wings_reach_outwards(paint, small_surface) -> None:
    plain, inside = paint(skin("pale")), small_surface.field.covered
    high, low = (
        np.linalg.norm(lab(paint(skin("pale", eye_shadow_strength=0.9, eye_shadow_height=h))) - lab(plain), axis=-1)
        for h in (1.0, 0.0)
    )
    assert (high[inside] > 5).sum() > 1.4 * (low[inside] > 5).sum()
    corner = small_surface.landmarks_mm[45]
    mm = small_surface.positions * 1000.0
    beyond = (
        (np.abs(np.abs(mm[..., 0]) - corner[0] - 6.0) < 3.0) & (np.abs(mm[..., 1] - corner[1] - 4.0) < 5.0) & inside
    )
    winged, straight = (
        (lab(paint(skin("pale", eyeliner_strength=0.9, eyeliner_wing=w))) - lab(plain))[..., 0][beyond].min()
        for w in (1.0, 0.0)
    )
    assert winged < -20.0 < straight


def test_made_up_faces_are_symmetric(paint, small_surface) -> None:
    made_up = skin("medium", blush_strength=0.8, eyeliner_strength=0.8, eye_shadow_strength=0.8, contour_strength=0.8)
    difference = np.linalg.norm(lab(paint(made_up)) - lab(paint(skin("medium"))), axis=-1)
    face = small_surface.field.covered & (small_surface.positions[..., 2] > 0.06)
    assert np.corrcoef(difference[face], difference[:, ::-1][face])[0, 1] > 0.95


def test_tears_shine_along_the_lids_and_have_no_colour(paint, small_surface) -> None:
    line = wet_line(small_surface)
    assert line.colour is None
    wet = (line.cover > 0.35) & small_surface.field.covered
    maps = paint(skin("pale"))
    around = (small_surface.regions["lid_lower"] > 0.6) & (line.cover == 0.0) & small_surface.field.covered
    assert wet.sum() > 8
    assert maps.roughness[wet].mean() < maps.roughness[around].mean() - 25
    assert maps.specular[wet].mean() > maps.specular[around].mean() + 15
