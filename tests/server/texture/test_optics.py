"""Colour of skin from its pigments."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headsmith_server.texture.optics import (
    BLOOD_RANGE,
    MELANIN_RANGE,
    ColourTable,
    Tissue,
    albedo_spectra,
    encode_srgb,
    linear_to_lab,
    linear_to_srgb,
    skin_colour,
    srgb_to_linear,
    typology_angle,
)
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.pigment import melanin_fraction
from headsmith_server.texture.scattering import FAIR_MEAN_FREE_PATH_M, scattering
from headsmith_server.texture.spectra import colour_matching, reflectance_to_linear_srgb

FITZPATRICK = (0.02, 0.34, 0.47, 0.62, 0.77, 0.92)
# Individual typology angles of the six types: Chardon et al. 1991.
TYPOLOGY = ((55, 75), (41, 55), (28, 41), (10, 28), (-30, 10), (-90, -30))


def usual(melanin: float) -> np.ndarray:
    return skin_colour(np.array(melanin_fraction(melanin)), np.array(0.018), np.array(0.9), Tissue())


def test_white_is_white() -> None:
    np.testing.assert_allclose(reflectance_to_linear_srgb(np.ones(31)), 1.0, atol=1e-12)


def test_the_matching_functions_peak_where_the_tables_do() -> None:
    """CIE 1931: x 600 nm (1.06), y 560 nm (0.995), z 450 nm (1.77)."""
    curves = colour_matching()
    np.testing.assert_allclose(400 + 10 * curves.argmax(axis=0), [600, 560, 450], atol=10)
    np.testing.assert_allclose(curves.max(axis=0), [1.062, 0.995, 1.772], atol=0.03)


@given(st.floats(0.002, 0.6), st.floats(0.002, 0.35), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 3.0))
def test_skin_never_gives_back_more_light_than_it_gets(
    melanin: float, blood: float, oxygenation: float, pheomelanin: float, carotene: float
) -> None:
    tissue = Tissue(pheomelanin, carotene, carotene)
    spectrum = albedo_spectra(np.array(melanin), np.array(blood), np.array(oxygenation), tissue)
    assert np.isfinite(spectrum).all()
    assert spectrum.min() > 0.0
    assert spectrum.max() < 1.0


@given(st.floats(0.003, 0.3), st.floats(0.004, 0.2))
def test_each_pigment_takes_light_away(melanin: float, blood: float) -> None:
    def luminance(m: float, b: float) -> float:
        return float(skin_colour(np.array(m), np.array(b), np.array(0.9), Tissue()) @ [0.2126, 0.7152, 0.0722])

    assert luminance(melanin * 1.3, blood) < luminance(melanin, blood)
    assert luminance(melanin, blood * 1.3) < luminance(melanin, blood)


def test_blood_reddens_and_melanin_browns() -> None:
    pale = linear_to_lab(skin_colour(np.array(0.005), np.array(0.010), np.array(0.9), Tissue()))
    flushed = linear_to_lab(skin_colour(np.array(0.005), np.array(0.040), np.array(0.9), Tissue()))
    tanned = linear_to_lab(skin_colour(np.array(0.030), np.array(0.010), np.array(0.9), Tissue()))
    assert flushed[1] > pale[1] + 5
    assert tanned[2] > pale[2] + 3


@pytest.mark.parametrize(("melanin", "bounds"), list(zip(FITZPATRICK, TYPOLOGY, strict=True)))
def test_fitzpatrick_types_have_their_published_typology_angles(melanin: float, bounds: tuple[float, float]) -> None:
    angle = float(typology_angle(linear_to_lab(usual(melanin))))
    assert bounds[0] < angle < bounds[1]


def test_fitzpatrick_types_darken_in_order() -> None:
    lightness = [linear_to_lab(usual(m))[0] for m in FITZPATRICK]
    assert all(a > b + 3 for a, b in itertools.pairwise(lightness))


@pytest.mark.parametrize("melanin", FITZPATRICK)
def test_hue_is_that_of_skin(melanin: float) -> None:
    """Hue angles of measured faces lie between 35 and 70 degrees (Xiao et al. 2017)."""
    _, a, b = linear_to_lab(usual(melanin))
    assert 35.0 < np.degrees(np.arctan2(b, a)) < 70.0
    assert 9.0 < np.hypot(a, b) < 30.0


def test_the_table_agrees_with_the_model() -> None:
    generator = np.random.default_rng(1)
    melanin = np.exp(generator.uniform(*np.log(MELANIN_RANGE), (16, 16))).astype(np.float32)
    blood = np.exp(generator.uniform(*np.log(BLOOD_RANGE), (16, 16))).astype(np.float32)
    table = ColourTable(Tissue(), (0.4, 0.97))
    expected = skin_colour(melanin.astype(float), blood.astype(float), np.array(0.97), Tissue())
    np.testing.assert_allclose(table(melanin, blood), expected, atol=0.004)
    expected = skin_colour(melanin.astype(float), blood.astype(float), np.array(0.4), Tissue())
    np.testing.assert_allclose(table(melanin, blood, np.ones_like(melanin)), expected, atol=0.004)


@given(st.floats(0.0, 1.0))
def test_the_transfer_curve_returns(value: float) -> None:
    assert float(srgb_to_linear(linear_to_srgb(np.array(value)))) == pytest.approx(value, abs=1e-6)
    code = int(encode_srgb(np.full((1, 1, 3), value, np.float32))[0, 0, 0])
    assert abs(code - 255.0 * float(linear_to_srgb(np.array(value)))) < 0.8


def test_light_travels_less_far_under_darker_skin() -> None:
    pale, dark = (scattering(SkinParameters(melanin=melanin)) for melanin in (0.0, 1.0))
    assert pale == {"subsurface_scale": FAIR_MEAN_FREE_PATH_M, "subsurface_weight": 1.0}
    assert 0.0 < dark["subsurface_scale"] < pale["subsurface_scale"]
    assert 0.0 < dark["subsurface_weight"] < pale["subsurface_weight"]
