"""What layers do to a skin's maps, and the maps as arrays."""

from __future__ import annotations

from dataclasses import fields

import cv2
import numpy as np
import pytest

from headsmith_server.texture import skin as skin_painter
from headsmith_server.texture.layers import Layers, Overlay, PigmentLayer, change_pigments, lay_gloss, lay_over
from headsmith_server.texture.mouth import paint_mouth, paint_mouth_maps
from headsmith_server.texture.optics import linear_to_lab, srgb_to_linear
from headsmith_server.texture.parameters import SkinParameters, TeethParameters
from headsmith_server.texture.skin import SkinMaps, paint_maps, paint_surface


def own_vertices(surface, mean: np.ndarray) -> np.ndarray:
    return mean[: surface.vertex_count]


def test_the_arrays_are_what_the_images_hold(small_surface, pocket_mean) -> None:
    skin = SkinParameters(age_years=60, freckles=0.5, stubble=0.4)
    maps = paint_maps(small_surface, pocket_mean, skin, 5)
    images = list(paint_surface(small_surface, own_vertices(small_surface, pocket_mean), skin, 5))
    assert [m.channel for m in images] == [f.name for f in fields(SkinMaps)][:-1]
    for image in images:
        decoded = cv2.imdecode(np.frombuffer(image.data, np.uint8), cv2.IMREAD_UNCHANGED)
        decoded = decoded[..., ::-1] if decoded.ndim == 3 else decoded
        np.testing.assert_array_equal(decoded, getattr(maps, image.channel))
    assert maps.covered.dtype == bool
    np.testing.assert_array_equal(maps.covered, small_surface.field.covered)


def test_the_mouth_arrays_are_what_its_images_hold() -> None:
    arrays = paint_mouth_maps(TeethParameters(), SkinParameters(), 64, 3)
    images = list(paint_mouth(TeethParameters(), SkinParameters(), 64, 3))
    assert [(m.material, m.channel) for m in images] == list(arrays)
    for image in images:
        decoded = cv2.imdecode(np.frombuffer(image.data, np.uint8), cv2.IMREAD_UNCHANGED)
        decoded = decoded[..., ::-1] if decoded.ndim == 3 else decoded
        np.testing.assert_array_equal(decoded, arrays[image.material, image.channel])


def test_pigment_layers_multiply_before_they_add_and_keep_their_order() -> None:
    ones = np.ones((4, 8), np.float32)
    half = np.full((4, 4), 0.5, np.float32)  # half the resolution
    layers = Layers((PigmentLayer(melanin_times=half, melanin_plus=0.25, blood_plus=half), PigmentLayer(2.0)))
    melanin, blood, venous = change_pigments(layers, 8, slice(0, 4), ones.copy(), ones.copy(), ones.copy())
    np.testing.assert_allclose(melanin, 1.5)
    np.testing.assert_allclose(blood, 1.5)
    np.testing.assert_allclose(venous, 1.0)


def test_overlays_hide_or_filter_and_set_the_gloss() -> None:
    cover = np.zeros((4, 4), np.float32)
    cover[0] = 1.0
    red = (0.5, 0.1, 0.1)
    for filters, expected in ((False, red), (True, (0.25, 0.05, 0.05))):
        colour = np.full((4, 4, 3), 0.5, np.float32)
        layer = Overlay(cover, red, filters=filters, roughness=0.2)
        lay_over(Layers(overlays=(layer,)), 4, slice(0, 4), colour)
        np.testing.assert_allclose(colour[0], np.tile(expected, (4, 1)), atol=1e-6)
        assert (colour[1:] == 0.5).all()
    roughness, specular = np.full((4, 4), 0.5, np.float32), np.full((4, 4), 0.3, np.float32)
    lay_gloss(Layers(overlays=(layer,)), 4, roughness, specular)
    np.testing.assert_allclose(roughness[0], 0.2)
    assert (roughness[1:] == 0.5).all()
    assert (specular == np.float32(0.3)).all()


def test_a_layer_reaches_the_maps(small_surface, pocket_mean, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ink on the left cheek and a bump on the right one change albedo, gloss and normals there and nowhere else."""
    skin = SkinParameters(moles=0.0)
    before = paint_maps(small_surface, pocket_mean, skin, 1)
    x = small_surface.positions[..., 0]
    cheek = small_surface.regions["cheek"]
    left, right = (cheek * (x > 0)).astype(np.float32), (cheek * (x < 0)).astype(np.float32)

    def layers(*_args: object) -> Layers:
        return Layers(overlays=(Overlay(left, (0.01, 0.01, 0.05), roughness=0.9),), heights=(right * 0.5,))

    monkeypatch.setattr(skin_painter, "draw_layers", layers)
    after = paint_maps(small_surface, pocket_mean, skin, 1)
    covered = small_surface.field.covered
    inked, plain = (left > 0.8) & covered, (left == 0) & covered
    assert after.albedo[inked].mean() < before.albedo[inked].mean() - 40
    np.testing.assert_array_equal(after.albedo[plain], before.albedo[plain])
    assert after.roughness[inked].mean() > before.roughness[inked].mean() + 40
    assert after.displacement[(right > 0.8) & covered].mean() > before.displacement[(right > 0.8) & covered].mean()
    np.testing.assert_array_equal(after.displacement[inked], before.displacement[inked])


def test_grown_hair_darkens_the_scalp_below_it(small_surface, pocket_mean) -> None:
    skin = SkinParameters(melanin=0.1, moles=0.0)
    scalp = pocket_mean[: small_surface.vertex_count, 1] > 0.12
    bare = paint_maps(small_surface, pocket_mean, skin, 1)
    haired = paint_maps(small_surface, pocket_mean, skin, 1, hair_density=scalp.astype(np.float32))
    on_it = (small_surface.field.interpolate(scalp.astype(np.float32)) > 0.99) & small_surface.field.covered
    near = cv2.dilate(small_surface.field.interpolate(scalp.astype(np.float32)), np.ones((9, 9)))  # a hair's length
    off_it = (near == 0.0) & small_surface.field.covered
    lightness = [linear_to_lab(srgb_to_linear(m.albedo / 255.0))[..., 0] for m in (bare, haired)]
    assert (lightness[1] - lightness[0])[on_it].max() < 0.0
    assert (lightness[1] - lightness[0])[on_it].mean() < -8.0
    np.testing.assert_array_equal(bare.albedo[off_it], haired.albedo[off_it])
