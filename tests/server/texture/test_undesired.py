"""Spoilt maps and their masks."""

from __future__ import annotations

import numpy as np
import pytest

from headsmith_server.texture.occluders import OCCLUDERS
from headsmith_server.texture.parameters import SkinParameters
from headsmith_server.texture.skin import paint_maps
from headsmith_server.texture.undesired import UNDESIRED, spoil


@pytest.fixture(scope="module")
def albedo(small_surface, pocket_mean) -> np.ndarray:
    return paint_maps(small_surface, pocket_mean, SkinParameters(melanin=0.3), 1).albedo


@pytest.mark.parametrize("kind", UNDESIRED)
def test_each_flaw_shows_and_only_what_hides_the_face_is_masked(small_surface, albedo, kind: str) -> None:
    clean = albedo.copy()
    masked = changed = 0
    for seed in range(6):
        made = spoil(small_surface, albedo, seed, [kind])
        assert made.applied == (kind,)
        assert made.image.shape == albedo.shape
        assert made.image.dtype == made.face.dtype == np.uint8
        assert set(np.unique(made.face)) <= {0, 255}
        masked += int((made.face == 0).sum())
        changed += int((made.image != albedo).any(axis=-1).sum())
        if kind in OCCLUDERS and kind not in ("glasses", "hat"):
            # What is not masked is hardly touched (glasses and hats also throw shadows).
            untouched = np.abs(made.image.astype(int) - albedo).max(axis=-1)[made.face == 255]
            assert (untouched > 90).mean() < 0.01
    np.testing.assert_array_equal(albedo, clean)
    assert changed > 200
    assert (masked > 0) == (kind in OCCLUDERS)


def test_baked_light_shades_one_side_of_the_face(small_surface, albedo) -> None:
    """Over many seeds the two halves differ, as under lamps that stand aside."""
    x, inside = small_surface.positions[..., 0], small_surface.field.covered & (small_surface.positions[..., 2] > 0.06)
    ratios = []
    for seed in range(12):
        image = spoil(small_surface, albedo, seed, ["baked_light"]).image.astype(float).mean(axis=-1)
        ratios.append(image[inside & (x > 0.02)].mean() / image[inside & (x < -0.02)].mean())
    assert max(ratios) > 1.1
    assert min(ratios) < 0.9
    assert 0.6 < np.median(ratios) < 1.6


def test_hats_hide_the_crown_and_clutter_what_is_outside(small_surface, albedo) -> None:
    hat = spoil(small_surface, albedo, 2, ["hat"]).face == 0
    y, inside = small_surface.positions[..., 1], small_surface.field.covered
    assert hat[(y > 0.135) & inside].mean() > 0.9
    assert hat[(y < 0.03) & inside].mean() < 0.02
    clutter = spoil(small_surface, albedo, 2, ["clutter"]).face == 0
    assert clutter[~inside].mean() > 0.9
    assert clutter[inside].mean() < 0.05


def test_drawn_flaws_vary_and_repeat_by_seed(small_surface, albedo) -> None:
    seen: set[str] = set()
    for seed in range(60):
        made = spoil(small_surface, albedo, seed)
        assert made.applied
        assert [name for name in UNDESIRED if name in made.applied] == list(made.applied)
        seen |= set(made.applied)
    assert seen == set(UNDESIRED)
    one, again, other = (spoil(small_surface, albedo, seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one.image, again.image)
    np.testing.assert_array_equal(one.face, again.face)
    assert (one.image != other.image).any()


def test_other_sizes_do_and_nonsense_is_refused(small_surface, albedo) -> None:
    small = np.ascontiguousarray(albedo[::2, ::2])
    assert spoil(small_surface, small, 1).image.shape == small.shape
    with pytest.raises(ValueError, match="unknown flaw"):
        spoil(small_surface, albedo, 1, ["aliens"])
    for wrong in (albedo[..., 0], albedo[:100], albedo.astype(np.float32)):
        with pytest.raises(ValueError, match="albedo map"):
            spoil(small_surface, wrong, 1)
