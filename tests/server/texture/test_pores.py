"""Tiles of pores and furrows, their spectrum and where they lie."""

from __future__ import annotations

import numpy as np
import pytest

from headsmith_server.evaluation.pore_spectrum import slope_spectrum
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.pores import TILE_MM, detail_tiles, pore_relief, shaped, unresolved_slopes
from headsmith_server.texture.skin import paint_maps
from headsmith_server.texture.surface import build_surface
from headsmith_server.texture.variation import skin_statistics


def slopes(height: np.ndarray, texel_mm: float) -> np.ndarray:
    """Spectral derivatives of a periodic tile [2, N, N]."""
    spectrum = np.fft.fft2(height)
    k = 2j * np.pi * np.fft.fftfreq(len(height), texel_mm)
    return np.stack([np.fft.ifft2(spectrum * k[None, :]).real, np.fft.ifft2(spectrum * k[:, None]).real])


def test_a_shaped_tile_has_the_spectrum_that_was_asked_for() -> None:
    noise = np.random.default_rng(1).standard_normal((512, 512)).astype(np.float32)
    wanted = np.log(np.array([0.01, 0.03, 0.05, 0.02, 0.01, 0.004, 0.002]))
    tile = shaped(noise, 0.06, wanted.astype(np.float32))
    found = np.log(slope_spectrum(slopes(tile, 0.06), 0.06))
    np.testing.assert_allclose(found, wanted, atol=0.35)
    assert found == pytest.approx(wanted, abs=0.35)


def test_shaping_keeps_what_is_where() -> None:
    """A tile with furrows keeps its furrows: phases stay, so that heights still correlate."""
    tile = detail_tiles(256)
    again = shaped(tile.net, TILE_MM / 256, skin_statistics().micro_log_power + 2.0)
    assert np.corrcoef(again.ravel(), tile.net.ravel())[0, 1] > 0.95


def test_lines_run_along_v() -> None:
    tile = detail_tiles(512).lines
    along_u, along_v = np.abs(np.diff(tile, axis=1)).mean(), np.abs(np.diff(tile, axis=0)).mean()
    assert along_u > 1.25 * along_v


@pytest.fixture(scope="module")
def fine_surface(pocket, pocket_mean):
    return build_surface(pocket.topology, pocket_mean, 2048)


def test_furrows_cross_the_forehead_and_noses_have_the_largest_pores(fine_surface, pocket_mean) -> None:
    maps = paint_maps(fine_surface, pocket_mean, SkinParameters(age_years=35, wrinkles=0.0, moles=0.0), 2)
    height = maps.displacement.astype(float)
    mm = 4.0 / 65535.0
    step = fine_surface.size // fine_surface.regions.size

    def where(name: str, least: float) -> np.ndarray:
        mask = (fine_surface.regions[name] > least) & (fine_surface.regions["lips"] < 0.1)
        return np.repeat(np.repeat(mask, step, 0), step, 1) & maps.covered

    def rough(mask: np.ndarray) -> float:
        return float(np.abs(np.diff(height, axis=1))[mask[:, 1:]].mean() * mm)

    forehead = where("forehead", 0.9)
    down = np.abs(np.diff(height, axis=0))[forehead[1:]].mean()
    across = np.abs(np.diff(height, axis=1))[forehead[:, 1:]].mean()
    assert down > 1.15 * across
    assert rough(where("nose_tip", 0.6)) > 0.5 * rough(where("cheek", 0.8)) > 0.0


def test_lips_have_no_pores_and_children_fewer(small_surface) -> None:
    from headsmith_server.texture.pigment import NOISE_WAVELENGTHS_MM, Noises, noise_level

    stream = np.random.default_rng(0)
    noises = Noises(tuple(noise_level(small_surface, n, stream) for n in range(len(NOISE_WAVELENGTHS_MM))))

    def pores(age: float) -> tuple[np.ndarray, np.ndarray]:
        return pore_relief(small_surface, SkinParameters(age_years=age), noises, lambda: None)

    height, darkness = pores(40)
    lips = small_surface.regions["lips"] > 0.99
    assert np.abs(height[lips]).max() < 2e-3  # mm
    assert darkness[lips].max() < 5e-3
    assert pores(6)[1][small_surface.field.covered].mean() < 0.7 * darkness[small_surface.field.covered].mean()


def test_what_coarse_maps_cannot_hold_widens_their_highlight(small_surface, fine_surface, pocket_mean) -> None:
    assert unresolved_slopes(0.05) == 0.0
    assert 0.0 < unresolved_slopes(0.15) < unresolved_slopes(0.6) < 0.1
    skin = SkinParameters(moles=0.0)
    coarse, fine = (paint_maps(s, pocket_mean, skin, 1) for s in (small_surface, fine_surface))
    assert coarse.roughness[coarse.covered].mean() > fine.roughness[fine.covered].mean() + 4


def test_foreheads_shine_more_than_chins(small_surface, pocket_mean) -> None:
    maps = paint_maps(small_surface, pocket_mean, SkinParameters(moles=0.0), 1)
    r = small_surface.regions
    forehead, chin = (r["forehead"] > 0.8) & maps.covered, (r["chin"] > 0.7) & (r["lips"] < 0.1) & maps.covered
    assert maps.specular[forehead].mean() > 1.2 * maps.specular[chin].mean()
    assert maps.roughness[forehead].mean() < maps.roughness[chin].mean()
