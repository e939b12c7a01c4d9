"""Words on skin conditions, tattoos, make-up and irises, and how often they come unasked."""

from __future__ import annotations

import pytest
import torch

from headsmith_server.prompt import HeadDescription, describe, parse
from headsmith_server.prompt.colours import EYE_SHADOWS, LIPSTICKS
from headsmith_server.texture.parameters import Conditions, Makeup

MANY = range(300)


def described(prompt: str, seed: int = 0) -> HeadDescription:
    return describe(parse(prompt), torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(
    ("prompt", "condition", "low", "high"),
    [
        ("a boy of 15 with acne", "acne", 0.6, 0.7),
        ("a boy of 15 with severe acne", "acne", 0.9, 1.0),
        ("a girl of 15 with a few pimples", "acne", 0.3, 0.45),
        ("a spotty teenager", "acne", 0.6, 0.7),
        ("a man with deep acne scars", "acne_scars", 0.9, 1.0),
        ("a pockmarked man", "acne_scars", 0.7, 0.9),
        ("a woman with rosacea", "rosacea", 0.6, 0.8),
        ("a man with broken veins", "broken_veins", 0.6, 0.8),
        ("sunburnt skin", "sunburn", 0.7, 0.9),
        ("a man with a bad sunburn", "sunburn", 0.9, 1.0),
        ("a Kenyan woman with vitiligo", "vitiligo", 0.45, 0.55),
        ("a woman with extensive vitiligo", "vitiligo", 0.85, 1.0),
        ("a man with a port wine stain", "port_wine", 0.5, 0.7),
        ("a man with a large birthmark", "birthmark", 0.85, 1.0),
        ("a man with a black eye", "bruise", 0.7, 0.8),
        ("a dirty face", "dirt", 0.5, 0.7),
        ("a grimy man", "dirt", 0.5, 0.7),
        ("a man covered in soot", "soot", 0.6, 0.9),
        ("a surfer with sharp tan lines", "tan", 0.9, 1.0),
    ],
)
def test_conditions_are_read(prompt: str, condition: str, low: float, high: float) -> None:
    person = described(prompt)
    assert low <= getattr(person.skin.conditions, condition) <= high
    assert not person.not_built
    assert not person.not_understood


@pytest.mark.parametrize(
    ("prompt", "line"),
    [("a skier with a goggle tan", "goggles"), ("a farmer's tan", "neckline"), ("a man with a hat tan", "hat")],
)
def test_tan_lines_have_their_shape(prompt: str, line: str) -> None:
    conditions = described(prompt).skin.conditions
    assert conditions.tan > 0.5
    if line != "neckline":
        assert conditions.tan_line == line


@pytest.mark.parametrize("prompt", ["a man without acne", "a boy of 16, no acne", "a boy of 16 with flawless skin"])
def test_what_is_denied_is_not_drawn(prompt: str) -> None:
    assert all(described(prompt, seed).skin.conditions.acne == 0.0 for seed in range(40))


@pytest.mark.parametrize(
    ("prompt", "style", "region", "side"),
    [
        ("a man with a geometric tattoo on his left cheek", "geometric", "cheek", "left"),
        ("a woman with a neck tattoo", None, "neck", None),
        ("a script tattoo on the neck", "script", "neck", None),
        ("a man with a tribal tattoo on his forehead", "bands", "forehead", None),
        ("a teardrop tattoo under his right eye", "teardrop", "cheek", "right"),
        ("a tattooed man", None, None, None),
    ],
)
def test_tattoos_are_read_with_their_place(
    prompt: str, style: str | None, region: str | None, side: str | None
) -> None:
    person = described(prompt)
    (tattoo,) = person.skin.tattoos
    assert style in (None, tattoo.style)
    assert region in (None, tattoo.region)
    assert side in (None, tattoo.side)
    assert not person.not_built
    assert not person.not_understood


def test_tattoos_have_sizes_and_ages_and_can_be_denied() -> None:
    small, large = (described(f"a man with a {size} tattoo").skin.tattoos[0].size for size in ("small", "large"))
    assert small < 0.3 < 0.7 < large
    assert described("a man with a faded tattoo").skin.tattoos[0].strength < 0.5
    assert len(described("a man with two tattoos").skin.tattoos) == 2
    assert all(described("a man, no tattoos", seed).skin.tattoos == () for seed in MANY)


def test_scars_have_kinds() -> None:
    assert described("a man with a raised scar").skin.scars[0].kind == "hypertrophic"
    assert described("a man with a fresh scar on his chin").skin.scars[0].redness > 0.5
    assert described("a man with a faint scar").skin.scars[0].kind == "flat"


def test_conditions_come_unasked_as_often_as_in_life() -> None:
    people = [described("a person", seed) for seed in MANY]
    none = Conditions()
    share = {
        name: sum(getattr(person.skin.conditions, name) > 0 for person in people) / len(people)
        for name in ("acne", "rosacea", "vitiligo", "port_wine", "tan", "soot")
    }
    assert 0.03 < share["acne"] < 0.4
    assert 0.005 < share["rosacea"] < 0.2
    assert share["vitiligo"] < 0.04
    assert share["port_wine"] < 0.03
    assert share["soot"] < 0.02
    assert sum(bool(person.skin.tattoos) for person in people) < 0.06 * len(people)
    plain = sum(
        all(getattr(person.skin.conditions, name) == 0 for name in vars(none) if name != "tan_line")
        for person in people
    )
    assert plain > 0.4 * len(people)


def test_make_up_is_worn_by_grown_women_unless_something_is_said() -> None:
    women = [described("a woman of 30", seed).skin.makeup for seed in MANY]
    worn = sum(makeup != Makeup() for makeup in women) / len(women)
    assert 0.3 < worn < 0.55
    for prompt in ("a man of 30", "a girl of 9", "a woman of 30 without make-up"):
        assert all(described(prompt, seed).skin.makeup.lipstick_strength == 0 for seed in MANY[:60]), prompt
    for seed in MANY[:60]:
        assert described("a woman with pink lipstick", seed).skin.makeup.eye_shadow_strength == 0


def test_make_up_has_colours_and_finishes() -> None:
    glossy, matte = described("glossy red lipstick").skin.makeup, described("matte red lipstick").skin.makeup
    assert glossy.lipstick_gloss > 0.8
    assert matte.lipstick_gloss < 0.1
    assert glossy.lipstick == matte.lipstick == LIPSTICKS["red"]
    smoky = described("a woman with smoky eyes").skin.makeup
    assert smoky.eye_shadow == EYE_SHADOWS["black"]
    assert smoky.eye_shadow_height > 0.5
    assert described("a woman with winged eyeliner").skin.makeup.eyeliner_wing > 0.8
    mascara = described("a woman with heavy mascara")
    assert mascara.skin.makeup.mascara_strength > 0.9
    assert mascara.lash_length > described("a woman without make-up").lash_length
    assert described("a woman with foundation").skin.makeup.foundation_strength > 0.6
    assert described("a woman with heavy contouring").skin.makeup.contour_strength > 0.9


def test_irises_and_pupils_are_read() -> None:
    assert described("a man with dilated pupils").eyes.pupil > 0.9
    assert described("a man with tiny pupils").eyes.pupil < 0.1
    assert described("a blind old man with cloudy eyes").eyes.cloudiness > 0.7
    assert described("a man with blue eyes, central heterochromia").eyes.central == "amber"
    assert described("a woman with dark limbal rings").eyes.limbal_ring > 0.9
    different = {described("a man", seed).eyes.fibres for seed in range(5)}
    assert len(different) == 5
