"""Skin conditions, scars and tattoos: where they lie, what they change, and that nothing changes without them."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from headsmith_server.texture.conditions import draw_conditions
from headsmith_server.texture.optics import linear_to_lab, srgb_to_linear
from headsmith_server.texture.parameters import (
    SCAR_KINDS,
    TAN_LINES,
    TATTOO_REGIONS,
    TATTOO_STYLES,
    Conditions,
    EyeParameters,
    Makeup,
    Scar,
    SkinParameters,
    Tattoo,
)
from headsmith_server.texture.skin import SkinMaps, paint_maps

NO_NOISES: Any = None
STRENGTHS = [f.name for f in fields(Conditions) if f.name != "tan_line"]
SKINS = {"pale": SkinParameters(melanin=0.12, moles=0.0), "dark": SkinParameters(melanin=0.8, moles=0.0)}


def with_condition(skin: SkinParameters, **strengths: Any) -> SkinParameters:
    return replace(skin, conditions=Conditions(**strengths))


@pytest.fixture(scope="module")
def paint(small_surface, pocket_mean):
    kept: dict[tuple[SkinParameters, int], SkinMaps] = {}

    def painted(skin: SkinParameters, seed: int = 3) -> SkinMaps:
        if (skin, seed) not in kept:
            kept[skin, seed] = paint_maps(small_surface, pocket_mean, skin, seed)
        return kept[skin, seed]

    return painted


def lab(maps: SkinMaps) -> np.ndarray:
    return linear_to_lab(srgb_to_linear(maps.albedo / 255.0))


def changed(paint, skin: SkinParameters, other: SkinParameters) -> np.ndarray:
    """Colour difference per texel."""
    return np.linalg.norm(lab(paint(skin)) - lab(paint(other)), axis=-1)


def test_without_strength_nothing_is_drawn(small_surface, paint) -> None:
    for tone in SKINS.values():
        drawn = draw_conditions(small_surface, with_condition(tone, tan_line="hat"), NO_NOISES, 1).layers()
        assert (drawn.pigments, drawn.overlays, drawn.heights) == ((), (), ())
        plain, named = paint(tone), paint(replace(tone, conditions=Conditions(tan_line="mask")))
        for f in fields(SkinMaps):
            np.testing.assert_array_equal(getattr(plain, f.name), getattr(named, f.name))


@pytest.mark.parametrize("tone", SKINS)
@pytest.mark.parametrize("name", STRENGTHS)
def test_each_condition_shows_and_shows_more_when_stronger(paint, small_surface, name: str, tone: str) -> None:
    skin = SKINS[tone]
    inside = small_surface.field.covered
    weak, strong = (changed(paint, skin, with_condition(skin, **{name: s}))[inside] for s in (0.3, 0.9))
    height = np.abs(
        paint(with_condition(skin, **{name: 0.9})).displacement.astype(float) - paint(skin).displacement
    )[inside]  # fmt: skip
    if name == "vitiligo" and tone == "pale":
        return  # hardly seen on pale skin
    # The fifty texels that change most: spots are small.
    colour, relief = (np.sort(values)[-50:].mean() for values in (strong, height))
    assert colour > 2.5 or relief > 500, (colour, relief)
    assert strong.sum() > weak.sum()


@pytest.mark.parametrize(
    ("name", "region", "elsewhere"),
    [
        ("rosacea", "malar", "scalp"),
        ("sunburn", "forehead", "nostril"),
        ("broken_veins", "alae", "scalp"),
        ("acne", "chin", "scalp"),
        ("bruise", "lid_lower", "chin"),
    ],
)
def test_conditions_lie_where_people_have_them(paint, small_surface, name: str, region: str, elsewhere: str) -> None:
    difference = changed(paint, SKINS["pale"], with_condition(SKINS["pale"], **{name: 0.9}))
    r, inside = small_surface.regions, small_surface.field.covered
    there = difference[(r[region] > 0.7 * r[region].max()) & inside].mean()
    away = difference[(r[elsewhere] > 0.9 * r[elsewhere].max()) & inside].mean()
    assert there > 2.0 * away + 0.5


def test_red_conditions_redden_pale_skin_and_darken_dark_skin(paint, small_surface) -> None:
    malar = (small_surface.regions["malar"] > 0.8) & small_surface.field.covered
    for name in ("rosacea", "sunburn"):
        pale = (lab(paint(with_condition(SKINS["pale"], **{name: 0.9}))) - lab(paint(SKINS["pale"])))[malar].mean(
            axis=0
        )
        dark = (lab(paint(with_condition(SKINS["dark"], **{name: 0.9}))) - lab(paint(SKINS["dark"])))[malar].mean(
            axis=0
        )
        assert pale[1] > 6.0
        assert dark[0] < -1.5


def test_vitiligo_is_white_sharp_and_nearly_symmetric(paint, small_surface) -> None:
    difference = (lab(paint(with_condition(SKINS["dark"], vitiligo=0.5))) - lab(paint(SKINS["dark"])))[..., 0]
    face = small_surface.field.covered & (small_surface.positions[..., 2] > 0.06)
    white = difference > 15.0
    assert 0.03 < white[face].mean() < 0.6
    # Sharp: few texels are in between.
    between = (difference > 4.0) & (difference < 15.0)
    assert between[face].sum() < white[face].sum()
    mirrored = white[:, ::-1]
    both = (white & mirrored)[face].sum()
    assert both > 0.5 * white[face].sum()


def test_a_port_wine_stain_keeps_to_one_side(paint, small_surface) -> None:
    for seed in range(4):
        before, after = paint(SKINS["pale"], seed), paint(with_condition(SKINS["pale"], port_wine=0.6), seed)
        stained = (lab(after) - lab(before))[..., 1] > 6.0
        x = small_surface.positions[..., 0][stained & small_surface.field.covered]
        assert len(x) > 100
        assert max((x > 0.0).mean(), (x < 0.0).mean()) > 0.97


@pytest.mark.parametrize("line", TAN_LINES)
def test_what_was_covered_is_paler(paint, small_surface, line: str) -> None:
    skin = replace(SKINS["pale"], conditions=Conditions(tan=0.9, tan_line=line))
    step = (lab(paint(skin)) - lab(paint(SKINS["pale"])))[..., 0]
    covered = {
        "neckline": small_surface.positions[..., 1] < -0.115, "hat": small_surface.positions[..., 1] > 0.11,
        "goggles": small_surface.regions["lid_lower"] > 0.7, "sunglasses": small_surface.regions["lid_lower"] > 0.7,
        "mask": small_surface.regions["chin"] > 0.7,
    }[line] & small_surface.field.covered  # fmt: skip
    exposed = {
        "neckline": "cheek", "hat": "cheek", "goggles": "chin", "sunglasses": "chin", "mask": "forehead",
    }[line]  # fmt: skip
    bare = (small_surface.regions[exposed] > 0.7) & small_surface.field.covered
    assert step[covered].mean() > step[bare].mean() + 4.0


def test_acne_scars_are_pits_and_raised_scars_are_ridges(paint, small_surface) -> None:
    plain = paint(SKINS["pale"]).displacement.astype(float)
    pits = paint(with_condition(SKINS["pale"], acne_scars=1.0)).displacement - plain
    assert pits[small_surface.field.covered].min() < -1500
    assert pits[small_surface.field.covered].sum() < 0
    lines = {
        kind: paint(replace(SKINS["pale"], scars=(Scar("cheek", "left", 30.0, 1.0, kind),))) for kind in SCAR_KINDS
    }
    heights = {kind: (maps.displacement - plain)[small_surface.field.covered] for kind, maps in lines.items()}
    assert heights["hypertrophic"].max() > 2.0 * heights["atrophic"].max()
    assert heights["atrophic"].min() < heights["flat"].min() < -300
    redness = {kind: (lab(maps) - lab(paint(SKINS["pale"])))[..., 1].max() for kind, maps in lines.items()}
    assert redness["hypertrophic"] > redness["flat"]


@pytest.mark.parametrize("style", TATTOO_STYLES)
def test_tattoos_are_dark_on_any_skin_and_leave_the_relief(paint, small_surface, style: str) -> None:
    for tone in SKINS.values():
        inked = paint(replace(tone, tattoos=(Tattoo(style, "cheek", "left", 0.9, 0.8),)))
        darker = (lab(inked) - lab(paint(tone)))[..., 0]
        ink = (darker < -4.0) & small_surface.field.covered
        assert ink.sum() > 5
        assert (small_surface.positions[..., 0][ink] > 0.0).mean() > 0.98
        np.testing.assert_array_equal(inked.normal, paint(tone).normal)


@pytest.mark.parametrize("region", TATTOO_REGIONS)
def test_tattoos_lie_in_their_region_and_do_not_touch_the_eyes_or_the_mouth(paint, small_surface, region: str) -> None:
    sides = ("left", "right")
    for side in sides:
        inked = paint(replace(SKINS["pale"], tattoos=(Tattoo("geometric", region, side, 1.0, 0.6),)))
        ink = (lab(inked) - lab(paint(SKINS["pale"])))[..., 0] < -8.0
        ink &= small_surface.field.covered
        assert ink.sum() > 10
        assert not (ink & (small_surface.regions["mucosa"] > 0.9)).any()
        y = small_surface.positions[..., 1][ink]
        low, high = {
            "cheek": (-0.06, 0.03), "forehead": (0.06, 0.13), "temple": (0.01, 0.09), "chin": (-0.09, -0.03),
            "neck": (-0.13, -0.05),
        }[region]  # fmt: skip
        assert ((y > low) & (y < high)).mean() > 0.9


def test_the_same_seed_gives_the_same_bytes_and_conditions_do_not_move_each_other(small_surface, pocket_mean) -> None:
    skin = with_condition(SKINS["pale"], acne=0.8, port_wine=0.5, soot=0.3)
    skin = replace(skin, tattoos=(Tattoo("script"),), scars=(Scar("cheek", "left"),))
    one, again = (paint_maps(small_surface, pocket_mean, skin, 7) for _ in range(2))
    other = paint_maps(small_surface, pocket_mean, skin, 8)
    for f in fields(SkinMaps):
        np.testing.assert_array_equal(getattr(one, f.name), getattr(again, f.name))
    assert (one.albedo != other.albedo).any()
    # One more condition leaves the birthmark where it was.
    alone = paint_maps(small_surface, pocket_mean, with_condition(SKINS["pale"], port_wine=0.5), 7)
    both = paint_maps(small_surface, pocket_mean, with_condition(SKINS["pale"], port_wine=0.5, acne_scars=0.4), 7)
    plain = paint_maps(small_surface, pocket_mean, SKINS["pale"], 7)
    stains = [(lab(m) - lab(plain))[..., 1] > 8.0 for m in (alone, both)]
    assert (stains[0] == stains[1]).mean() > 0.995


@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan"), float("inf")])
def test_strengths_outside_their_range_are_refused(value: float) -> None:
    for name in STRENGTHS:
        with pytest.raises(ValueError, match=name):
            with_condition(SKINS["pale"], **{name: value})
    with pytest.raises(ValueError, match="lipstick_strength"):
        Makeup(lipstick_strength=value)
    with pytest.raises(ValueError, match="pupil"):
        EyeParameters(pupil=value)
    with pytest.raises(ValueError, match="tattoo"):
        Tattoo("script", strength=value)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ValueError, match="tan line"):
        Conditions(tan_line="beard")
    with pytest.raises(ValueError, match="tattoo"):
        Tattoo("dragon")
    with pytest.raises(ValueError, match="place"):
        Tattoo("script", "tongue")
    with pytest.raises(ValueError, match="kind of scar"):
        Scar("cheek", "left", kind="cursed")
    assert Makeup(foundation_shade=-1.0).foundation_shade == -1.0
