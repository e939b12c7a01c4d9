"""Eyes, mouth and hairs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace

import cv2
import numpy as np
import pytest

from headsmith_server.texture.eyes import (
    IRIS_COLOURS,
    UV_FRONT_RADIUS,
    UV_IRIS_RADIUS,
    UV_PUPIL_RADIUS,
    EyeMaps,
    paint_eye_maps,
    paint_eyes,
    pupil_radius,
)
from headsmith_server.texture.hairs import hair_colour
from headsmith_server.texture.mouth import paint_mouth
from headsmith_server.texture.optics import linear_to_lab, srgb_to_linear
from headsmith_server.texture.parameters import (
    BrowParameters,
    EyeParameters,
    HairColour,
    Makeup,
    SkinParameters,
    TeethParameters,
)
from headsmith_server.texture.ribbons import paint_hairs
from headsmith_shared.asset import MATERIAL_NAMES, TextureMap

SIZE = 256


def images(maps: Iterable[TextureMap]) -> dict[tuple[str, str], np.ndarray]:
    found = {}
    for m in maps:
        assert m.material in MATERIAL_NAMES
        image = cv2.imdecode(np.frombuffer(m.data, np.uint8), cv2.IMREAD_UNCHANGED)
        found[m.material, m.channel] = image[..., ::-1] if image.ndim == 3 else image
    return found


def eye_lab(eyes: EyeParameters, low: float, high: float) -> np.ndarray:
    """Mean Lab between two uv radii."""
    albedo = images(paint_eyes(eyes, SIZE, 1))["eyes", "albedo"]
    axis = (np.arange(SIZE) + 0.5) / SIZE - 0.5
    radius = np.hypot(axis[None, :], axis[:, None])
    linear = srgb_to_linear(albedo[(radius > low) & (radius < high)] / 255.0)
    return linear_to_lab(linear.mean(axis=0))


def test_pupils_are_black_and_whites_are_light() -> None:
    eyes = EyeParameters("blue")
    assert eye_lab(eyes, 0.0, UV_PUPIL_RADIUS * 0.9)[0] < 6
    assert eye_lab(eyes, UV_IRIS_RADIUS * 1.2, UV_FRONT_RADIUS * 0.8)[0] > 70


@pytest.mark.parametrize("name", sorted(IRIS_COLOURS))
def test_the_iris_has_its_colour(name: str) -> None:
    lightness, a, b = eye_lab(EyeParameters(name), UV_PUPIL_RADIUS * 1.2, UV_IRIS_RADIUS * 0.9)
    assert 3 < lightness < 75
    if name == "blue":
        assert b < -4
    elif name == "grey":
        assert np.hypot(a, b) < 9
    elif name == "green":
        assert a < 1
        assert b > 5
    else:
        assert b > 4


def test_irises_grow_lighter_from_dark_brown_to_amber() -> None:
    lightness = [
        eye_lab(EyeParameters(n), UV_PUPIL_RADIUS * 1.2, UV_IRIS_RADIUS * 0.9)[0]
        for n in ("dark brown", "brown", "amber")
    ]
    assert lightness == sorted(lightness)


def test_redness_reddens_the_white() -> None:
    calm, red = (eye_lab(EyeParameters(redness=r), UV_IRIS_RADIUS * 1.2, UV_FRONT_RADIUS)[1] for r in (0.0, 1.0))
    assert red > calm + 4


def test_eyes_are_the_same_for_the_same_seed_only() -> None:
    first, again, other = ([m.data for m in paint_eyes(EyeParameters(), SIZE, s)] for s in (1, 1, 2))
    assert first == again
    assert first != other


def test_the_mouth_has_all_its_maps() -> None:
    found = images(paint_mouth(TeethParameters(), SkinParameters(), SIZE, 1))
    assert {m for m, _ in found} == {"teeth", "gums", "tongue"}
    for (_, channel), image in found.items():
        assert image.shape[:2] == (SIZE, SIZE)
        if channel == "normal":
            vectors = (image.astype(float) - 128.0) / 127.5
            np.testing.assert_allclose(np.linalg.norm(vectors, axis=-1), 1.0, atol=0.02)


def test_bleached_teeth_are_lighter_and_less_yellow() -> None:
    def lab(whiteness: float) -> np.ndarray:
        maps = images(paint_mouth(TeethParameters(whiteness), SkinParameters(), SIZE, 1))
        return linear_to_lab(srgb_to_linear(maps["teeth", "albedo"] / 255.0).mean(axis=(0, 1)))

    stained, bleached = lab(0.0), lab(1.0)
    assert bleached[0] > stained[0] + 5
    assert bleached[2] < stained[2] - 5


def test_hair_colours_follow_melanin() -> None:
    black, brown, blond, white = (np.mean(hair_colour(HairColour(m, 0.1))) for m in (1.0, 0.7, 0.3, 0.0))
    assert black < brown < blond < white
    red = hair_colour(HairColour(0.5, 1.0))
    assert red[0] > 2.5 * red[2]


def test_hairs_are_opaque_in_the_middle_and_clear_at_the_tip() -> None:
    found = images(paint_hairs(BrowParameters(), SkinParameters(), 1))
    assert {m for m, _ in found} == {"brows", "lashes"}
    alpha = found["lashes", "alpha"]
    middle = alpha.shape[1] // 2
    assert alpha[alpha.shape[0] // 2, middle] > 200
    assert alpha[0].max() < 40
    assert alpha[:, 0].max() < 40


def test_mascara_darkens_the_lashes_only() -> None:
    blond = HairColour(0.2, 0.3)
    plain = images(paint_hairs(BrowParameters(blond), SkinParameters(hair=blond), 1))
    made_up = images(
        paint_hairs(BrowParameters(blond), SkinParameters(hair=blond, makeup=Makeup(eyeliner_strength=1.0)), 1)
    )
    assert made_up["lashes", "albedo"].mean() < 0.5 * plain["lashes", "albedo"].mean()
    np.testing.assert_array_equal(made_up["brows", "albedo"], plain["brows", "albedo"])


def same(one: EyeMaps, other: EyeMaps) -> bool:
    return all(np.array_equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(EyeMaps))


def test_eye_arrays_are_what_the_images_hold_and_the_two_eyes_are_twins() -> None:
    left, right = (paint_eye_maps(EyeParameters(), side, SIZE, 3) for side in ("left", "right"))
    for (_, channel), image in images(paint_eyes(EyeParameters(), SIZE, 3)).items():
        np.testing.assert_array_equal(image, getattr(left, channel))
    assert not same(left, right)
    assert same(left, paint_eye_maps(EyeParameters(), "left", SIZE, 3))


def test_the_right_eye_may_have_another_colour() -> None:
    odd = EyeParameters("brown", "blue")
    left, right = (paint_eye_maps(odd, side, SIZE, 3).albedo for side in ("left", "right"))
    np.testing.assert_array_equal(left, paint_eye_maps(EyeParameters("brown"), "left", SIZE, 3).albedo)
    np.testing.assert_array_equal(right, paint_eye_maps(EyeParameters("blue"), "right", SIZE, 3).albedo)
    alone = images(paint_eyes(odd, SIZE, 3, side="right"))
    np.testing.assert_array_equal(alone["eyes", "albedo"], right)


def ring_lab(eyes: EyeParameters, low: float, high: float) -> np.ndarray:
    """Lab of every texel between two uv radii."""
    albedo = paint_eye_maps(eyes, "left", SIZE, 1).albedo
    axis = (np.arange(SIZE) + 0.5) / SIZE - 0.5
    radius = np.hypot(axis[None, :], axis[:, None])
    return linear_to_lab(srgb_to_linear(albedo[(radius > low) & (radius < high)] / 255.0))


def test_pupils_open_and_close() -> None:
    for pupil in (0.0, 0.5, 1.0):
        eyes, edge = EyeParameters("blue", pupil=pupil), pupil_radius(pupil)
        assert ring_lab(eyes, 0.0, 0.9 * edge)[:, 0].max() < 8
        assert ring_lab(eyes, 1.25 * edge, 1.6 * edge)[:, 0].mean() > 20
    assert pupil_radius(0.5) == UV_PUPIL_RADIUS


@pytest.mark.parametrize(
    ("change", "low", "high", "darker"),
    [
        ({"limbal_ring": 1.0}, 0.90, 0.99, True),
        ({"arcus": 1.0}, 0.88, 0.97, False),
        ({"cloudiness": 1.0}, 0.05, 0.28, False),
        ({"flecks": 1.0}, 0.45, 0.9, True),
        ({"crypts": 1.0, "furrows": 1.0}, 0.45, 0.9, True),
    ],
)
def test_iris_features_lie_in_their_ring(change: dict, low: float, high: float, darker: bool) -> None:
    plain = EyeParameters("blue", limbal_ring=0.2, crypts=0.0, furrows=0.0)
    ring = (low * UV_IRIS_RADIUS, high * UV_IRIS_RADIUS)
    step = ring_lab(replace(plain, **change), *ring)[:, 0].mean() - ring_lab(plain, *ring)[:, 0].mean()
    assert (step < -0.3) if darker else (step > 5.0)


def test_central_and_sectoral_heterochromia() -> None:
    ring, rim = (0.40 * UV_IRIS_RADIUS, 0.50 * UV_IRIS_RADIUS), (0.8 * UV_IRIS_RADIUS, 0.9 * UV_IRIS_RADIUS)
    plain, central = EyeParameters("blue"), EyeParameters("blue", central="amber", central_width=0.4)
    assert ring_lab(central, *ring)[:, 2].mean() > ring_lab(plain, *ring)[:, 2].mean() + 15
    assert abs(ring_lab(central, *rim)[:, 2].mean() - ring_lab(plain, *rim)[:, 2].mean()) < 4
    yellow = ring_lab(EyeParameters("blue", sector="brown"), *rim)[:, 2] > 5
    assert 0.03 < yellow.mean() < 0.5


def test_fibres_are_stronger_when_asked_for_and_veins_redden() -> None:
    ring = (0.5 * UV_IRIS_RADIUS, 0.85 * UV_IRIS_RADIUS)
    weak, strong = (ring_lab(EyeParameters("blue", fibres=f, crypts=0.0, furrows=0.0), *ring) for f in (0.0, 1.0))
    assert strong[:, 0].std() > 1.5 * weak[:, 0].std()
    calm, veined = (ring_lab(EyeParameters(veins=v), UV_IRIS_RADIUS * 1.3, UV_FRONT_RADIUS) for v in (0.0, 1.0))
    assert veined[:, 1].mean() > calm[:, 1].mean() + 0.3
