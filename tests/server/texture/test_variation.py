"""People drawn from the measured statistics of skin."""

from __future__ import annotations

import numpy as np
import pytest

from headsmith_server.texture.optics import linear_to_lab, srgb_to_linear
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.pigment import NOISE_WAVELENGTHS_MM, melanin_fraction
from headsmith_server.texture.skin import paint_maps
from headsmith_server.texture.variation import GRID, REGIONS, draw_variation, grid_place, sample_grid, skin_statistics


def test_the_statistics_fit_their_names() -> None:
    s = skin_statistics()
    assert s.region_means.shape == (2, 2, len(REGIONS))
    assert s.region_modes.shape[1:] == (2, len(REGIONS))
    assert s.grid_means.shape == (2, 2, GRID, GRID)
    assert s.octaves.shape == (2, 2, len(NOISE_WAVELENGTHS_MM))
    assert s.tones[0] < s.tones[1] - 1.0
    assert all(np.isfinite(getattr(s, name)).all() for name in s.__dataclass_fields__)


def test_common_patterns_are_symmetric_and_persons_are_not() -> None:
    s = skin_statistics()
    np.testing.assert_allclose(s.grid_means, s.grid_means[..., ::-1], atol=1e-3)
    np.testing.assert_allclose(s.grid_modes, s.grid_modes[..., ::-1], atol=1e-3)
    np.testing.assert_allclose(s.grid_asymmetric_modes, -s.grid_asymmetric_modes[..., ::-1], atol=1e-3)
    own = draw_variation(-4.0, np.random.default_rng(1)).grid
    assert np.abs(own - own[..., ::-1]).max() > 0.01


@pytest.mark.parametrize("melanin", [0.1, 0.5, 0.9])
def test_persons_vary_around_the_mean_of_their_tone(melanin: float) -> None:
    s = skin_statistics()
    generator = np.random.default_rng(2)
    log_melanin = float(np.log(melanin_fraction(melanin)))
    drawn = np.stack([draw_variation(log_melanin, generator).regions for _ in range(300)])
    tone = np.clip((log_melanin - s.tones[0]) / (s.tones[1] - s.tones[0]), 0, 1)
    mean = s.region_means[0] + (s.region_means[1] - s.region_means[0]) * tone
    np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=0.06)
    spread = np.sqrt((s.region_modes**2).sum(axis=0))
    np.testing.assert_allclose(drawn.std(axis=0), spread, atol=0.05)


def test_grid_places_run_from_the_right_to_the_left_and_down() -> None:
    points = np.array(
        [[[-60.0, 80.0, 90.0], [60.0, 80.0, 90.0]], [[-60.0, -60.0, 90.0], [60.0, -60.0, 90.0]]], np.float32
    )
    column, row = grid_place(points)
    assert column[0, 0] < column[0, 1]
    assert row[0, 0] < row[1, 0]
    ramp = np.tile(np.arange(GRID, dtype=np.float32), (GRID, 1))
    np.testing.assert_allclose(sample_grid(ramp, column, row), column, atol=0.04)


def test_people_of_one_description_differ_broadly(small_surface, pocket_mean) -> None:
    """Not only in grain: cheeks against foreheads differ from person to person, and both cheeks of one person do."""
    masks = [small_surface.regions[name] > 0.7 for name in ("cheek", "forehead", "chin", "nose_tip")]
    covered = small_surface.field.covered
    found = []
    for seed in range(6):
        albedo = paint_maps(small_surface, pocket_mean, SkinParameters(moles=0.0), seed).albedo
        lab = linear_to_lab(srgb_to_linear(albedo / 255.0))
        regions = np.stack([lab[mask & covered].mean(axis=0) for mask in masks])
        found.append(regions - regions.mean(axis=0))
    spread = np.linalg.norm(np.std(found, axis=0), axis=-1)
    assert spread.mean() > 0.25
    assert spread.max() < 4.0
